import { Agent as NodeAgent } from "node:http";
import { Session } from "@overlap/http";
import { Trace } from "@overlap/trace";
import got from "got";
import pLimit from "p-limit";
import pMap from "p-map";
import { Agent, type Dispatcher, request } from "undici";

/** One way of sending many GETs: all of these URLs, so many at once, reading every body. */
export type Send = (urls: Iterable<string>, inFlight: number) => Promise<void>;

/** Each is made once in a process of its own, and sends again and again. */
export const contenders: Readonly<Record<string, () => Send>> = {
  "bare Agent.dispatch": dispatchBare,
  "session.get": () => getAll(),
  "session.get, trace": () => getAll(new Trace()),
  fetchMany: () => fetchAll(),
  "fetchMany, trace": () => fetchAll(new Trace()),
  "undici.request + p-limit": requestLimited,
  "node fetch + p-limit": fetchLimited,
  "got + p-map": gotMapped,
};

/** The least that sends, keeps connections and collects a body. */
function dispatchBare(): Send {
  let agent: Agent | undefined;
  return (urls, inFlight) => {
    agent ??= new Agent({ connections: inFlight, headersTimeout: 0, bodyTimeout: 0 });
    const iterator = urls[Symbol.iterator]();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let running = 0;
    const next = () => {
      const { done, value } = iterator.next();
      if (done === true) return;
      running++;
      const pathStart = value.indexOf("/", 8);
      const [origin, path] = [value.slice(0, pathStart), value.slice(pathStart)];
      agent?.dispatch({ origin, path, method: "GET" }, new Collector(onDone, reject));
    };
    const onDone = () => {
      running--;
      next();
      if (running === 0) resolve();
    };
    for (let i = 0; i < inFlight; i++) next();
    return promise;
  };
}

/** Does with an answer the least that can be called an answer. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #onDone: () => void;
  readonly #onError: (error: Error) => void;
  #body: Buffer | null = null;

  constructor(onDone: () => void, onError: (error: Error) => void) {
    this.#onDone = onDone;
    this.#onError = onError;
  }

  onRequestStart(): void {}
  onResponseStart(): void {}

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#body = this.#body === null ? chunk : Buffer.concat([this.#body, chunk]);
  }

  onResponseEnd(): void {
    this.#onDone();
  }

  onResponseError(_: unknown, error: Error): void {
    this.#onError(error);
  }
}

/** Callbacks, as many calls outstanding as may be in flight. */
function getAll(trace?: Trace): Send {
  let session: Session | undefined;
  return (urls, inFlight) => {
    session ??= new Session({ limit: inFlight, ...(trace && { trace }) });
    const { get } = bound(session);
    const iterator = urls[Symbol.iterator]();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let running = 0;
    const next = () => {
      const { done, value } = iterator.next();
      if (done === true) return;
      running++;
      get(value).addDoneCallback((answer) => {
        running--;
        if (answer.exception() !== undefined) reject(answer.exception());
        next();
        if (running === 0) resolve();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
    return promise;
  };
}

function bound(session: Session): { readonly get: Session["get"] } {
  return { get: (url, options) => session.get(url, options) };
}

function fetchAll(trace?: Trace): Send {
  let session: Session | undefined;
  return async (urls, inFlight) => {
    session ??= new Session({ limit: inFlight, ...(trace && { trace }) });
    for await (const outcome of session.fetchMany(urls)) if (!outcome.ok) throw outcome.error;
  };
}

function requestLimited(): Send {
  let dispatcher: Agent | undefined;
  return async (urls, inFlight) => {
    dispatcher ??= new Agent({ connections: inFlight });
    const options = { dispatcher };
    const limit = pLimit(inFlight);
    const one = async (url: string) => {
      const { body } = await request(url, options);
      await body.text();
    };
    await Promise.all(Array.from(urls, (url) => limit(one, url)));
  };
}

function fetchLimited(): Send {
  return async (urls, inFlight) => {
    const limit = pLimit(inFlight);
    const one = async (url: string) => await (await fetch(url)).text();
    await Promise.all(Array.from(urls, (url) => limit(one, url)));
  };
}

function gotMapped(): Send {
  let http: NodeAgent | undefined;
  return async (urls, inFlight) => {
    http ??= new NodeAgent({ keepAlive: true, maxSockets: inFlight });
    const options = { agent: { http }, retry: { limit: 0 } };
    await pMap(urls, (url) => got(url, options).text(), { concurrency: inFlight });
  };
}
