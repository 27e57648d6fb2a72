import { toCsv } from "./csv.ts";
import { type Html, html } from "./html.ts";
import { toMarkdown } from "./markdown.ts";
import type { ExperimentPage } from "./model.ts";
import { pageData } from "./page-data.ts";

/** The figures of a page as files that the page itself carries. */
export function downloads<Row>(page: ExperimentPage<Row>): Html {
  const files = [
    { name: "figures.csv", type: "text/csv", text: toCsv(page) },
    { name: "figures.json", type: "application/json", text: JSON.stringify(pageData(page), null, 2) },
    { name: "figures.md", type: "text/markdown", text: toMarkdown(page) },
  ];
  const link = ({ name, type, text }: (typeof files)[number]) => {
    const data = Buffer.from(text.toWellFormed()).toString("base64");
    return html`<a download="${name}" href="data:${type};base64,${data}">${name}</a>`;
  };
  return html`<p class="downloads">The figures as files: ${files.map(link)}</p>`;
}
