/** Text that is HTML already; everything else is escaped when it is put into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can be put into a template; `undefined` and `false` leave nothing. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

/** Builds HTML from a template: every value is escaped, so that it is safe as text and inside a quoted attribute. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.map((text, at) => text + write(parts[at])).join(""));
}

/** Data for scripts: nothing in it can end the element, whatever the strings hold. */
export function jsonScript(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return html`<script type="application/json" id="${id}">${new Html(json)}</script>`;
}

/** On one line, without control characters and halves of characters, which no document may hold. */
export function plainText(text: string): string {
  return text.toWellFormed().replace(/\p{Cc}/gu, " ");
}

function write(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(write).join("");
  return escapeHtml(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text with every character replaced that means something in HTML text or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
