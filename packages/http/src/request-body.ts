import { InvalidRequestError } from "./errors.ts";
import type { PostOptions, QueryFields } from "./options.ts";

/** A body as it is sent. */
export interface EncodedBody {
  readonly body: string | Uint8Array | null;
  /** The content type, unless a header names one. */
  readonly type: string | null;
}

/** @throws InvalidRequestError for a body that cannot be sent, or for more than one. */
export function encodeBody(options: PostOptions, url: string): EncodedBody {
  const { body, json, form } = options;
  if (body === undefined && json === undefined && form === undefined) return noBody;
  const given = (["body", "json", "form"] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new InvalidRequestError(`expected one of body, json and form, got ${given.join(" and ")}`, { url });
  }
  if (json !== undefined) return { body: encodeJson(json, url), type: "application/json" };
  if (form !== undefined)
    return { body: encodeForm(form), type: "application/x-www-form-urlencoded;charset=utf-8" };
  if (typeof body === "string") return { body, type: "text/plain;charset=utf-8" };
  if (body instanceof Uint8Array) return { body, type: null };
  throw new InvalidRequestError(`expected a string or a Uint8Array for body, got ${typeof body}`, { url });
}

/** Appends fields as a query and a form have them. */
export function appendFields(parameters: URLSearchParams, fields: QueryFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) parameters.append(name, String(each));
  }
}

const noBody: EncodedBody = { body: null, type: null };

function encodeForm(form: QueryFields | URLSearchParams): string {
  if (form instanceof URLSearchParams) return form.toString();
  const parameters = new URLSearchParams();
  appendFields(parameters, form);
  return parameters.toString();
}

function encodeJson(value: unknown, url: string): string {
  let cause: unknown;
  try {
    // Typed as string, but undefined for a function or a symbol.
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    cause = error;
  }
  throw new InvalidRequestError("expected a value that JSON can express for json", { url, cause });
}
