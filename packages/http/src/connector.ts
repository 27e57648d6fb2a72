import { buildConnector } from "undici";

/** Makes connections, and knows those that are not there yet, which undici forgets when it is destroyed. */
export class Connector {
  /** A connection was handed to undici just now; the request that starts in the same call is its first. */
  fresh = false;
  readonly #connect: buildConnector.connector;
  readonly #connecting = new Set<buildConnector.Options>();
  readonly #sockets = new WeakMap<buildConnector.Options, Destroyable>();

  /** A connection that is not there after `timeoutMs` fails. */
  constructor(timeoutMs: number) {
    const timeout = timeoutMs === Number.POSITIVE_INFINITY ? 0 : timeoutMs;
    this.#connect = buildConnector({ timeout, allowH2: false });
  }

  /** What undici calls. */
  readonly connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    this.#connecting.add(options);
    const socket: unknown = this.#connect(options, (...args) => {
      this.#connecting.delete(options);
      this.fresh = true;
      callback(...args);
      this.fresh = false;
    });
    if (isDestroyable(socket)) this.#sockets.set(options, socket);
  };

  /** Gives up on what is not connected yet. */
  abort(): void {
    for (const options of this.#connecting) this.#sockets.get(options)?.destroy();
    this.#connecting.clear();
  }
}

interface Destroyable {
  destroy(): void;
}

/** undici's connector returns its socket, though its type says nothing. */
function isDestroyable(value: unknown): value is Destroyable {
  return typeof value === "object" && value !== null && "destroy" in value;
}
