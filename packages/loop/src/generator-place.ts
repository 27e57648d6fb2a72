/** Where a generator stands. */
export interface GeneratorPlace {
  readonly functionName?: string;
  readonly script?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What is needed of Node's `node:inspector`; a session of one's own thread answers before `post` returns. */
interface Session {
  connect(): void;
  disconnect(): void;
  post(method: string, params: object, done: (error: Error | null, result: unknown) => void): void;
  on(event: "Debugger.scriptParsed", listener: (message: { params: Script }) => void): void;
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
}

interface Remote {
  readonly description?: string;
  readonly objectId?: string;
  readonly value?: unknown;
}

interface Properties {
  readonly internalProperties?: readonly { readonly name: string; readonly value?: Remote }[];
  readonly result: readonly { readonly name: string; readonly value?: Remote }[];
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface Host {
  readonly process?: {
    getBuiltinModule?(name: "node:inspector"): { Session: new () => Session } | undefined;
  };
}

/** Under this name the generators stand on the global object while V8 is asked about them. */
const exhibit = "overlap: generators that V8 is asked about";

/** Where each of these generators stands; `undefined` where there is no V8 inspector to ask. */
export function generatorPlaces(generators: readonly object[]): GeneratorPlace[] | undefined {
  const inspector = (globalThis as Host).process?.getBuiltinModule?.("node:inspector");
  if (inspector === undefined) return undefined;
  const scope = globalThis as Record<string, unknown>;
  const session = new inspector.Session();
  try {
    session.connect();
    scope[exhibit] = generators;
    return askAll(session, generators.length);
  } catch {
    return undefined; // an inspector that is not V8's, or that a policy has switched off: names will do
  } finally {
    delete scope[exhibit];
    session.disconnect();
  }
}

function askAll(session: Session, count: number): GeneratorPlace[] {
  const scripts = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params.url));
  ask(session, "Debugger.enable", {}); // names every script that is loaded
  return Array.from({ length: count }, (_, i) => placeOf(session, i, scripts));
}

function placeOf(session: Session, index: number, scripts: ReadonlyMap<string, string>): GeneratorPlace {
  const expression = `globalThis[${JSON.stringify(exhibit)}][${index}]`;
  const { result } = ask<{ result: Remote }>(session, "Runtime.evaluate", { expression });
  const properties = propertiesOf(session, result);
  const internal = (name: string) => properties.internalProperties?.find((one) => one.name === name)?.value;
  const location = internal("[[GeneratorLocation]]")?.value as Location | undefined;
  const functionName = nameOf(session, internal("[[GeneratorFunction]]"));
  if (location === undefined || internal("[[GeneratorState]]")?.value === "running") return { functionName };
  return {
    functionName,
    script: scripts.get(location.scriptId) ?? "(unknown script)",
    line: location.lineNumber + 1,
    column: location.columnNumber + 1,
  };
}

function nameOf(session: Session, fn: Remote | undefined): string {
  if (fn === undefined) return "";
  const name = propertiesOf(session, fn).result.find((property) => property.name === "name");
  return typeof name?.value?.value === "string" ? name.value.value : "";
}

function propertiesOf(session: Session, { objectId }: Remote): Properties {
  return ask<Properties>(session, "Runtime.getProperties", { objectId, ownProperties: true });
}

function ask<R>(session: Session, method: string, params: object): R {
  let answer: unknown;
  session.post(method, params, (error, result) => {
    if (error !== null) throw error;
    answer = result;
  });
  if (answer === undefined) throw new Error(`the inspector did not answer ${method} at once`);
  return answer as R;
}
