import { type buildConnector, Client, type Dispatcher } from "undici";
import type { Connector } from "./connector.ts";
import type { Linked } from "./linked-queue.ts";

/** How a connection is made and kept. */
export interface ConnectionSettings {
  readonly connector: Connector;
  readonly keepAliveMs: number;
}

/** Who wants to know that its socket is closed, with or without a request on it. */
type OnClosed = (connection: Connection) => void;

/** A client of undici with one request at a time, and what it doesn't tell of its socket. */
export class Connection implements Linked<Connection> {
  next: Connection | null = null;
  previous: Connection | null = null;
  /** Nobody uses it; its place is among those that are idle. */
  isIdle = false;
  /** It has a socket. */
  isOpen = false;
  /** A request that starts in this very call is the first on its socket. */
  isFresh = false;
  /** Why the last socket could not be opened. */
  failure: Error | null = null;
  readonly #origin: string;
  readonly #settings: ConnectionSettings;
  readonly #onClosed: OnClosed;
  /** Made for the first request; `null` before. */
  #client: Client | null = null;
  #isDestroyed = false;
  /** The socket that is being opened; `null` when none is. */
  #opening: Destroyable | null = null;

  constructor(origin: string, settings: ConnectionSettings, onClosed: OnClosed) {
    this.#origin = origin;
    this.#settings = settings;
    this.#onClosed = onClosed;
  }

  /**
   * Sends a request, over a new socket if there is none. A new connection waits for the end of what runs: a request that is
   * cancelled meanwhile costs no client, and very many may be, each starting the next.
   */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.#client !== null) this.#client.dispatch(request, handler);
    else queueMicrotask(() => this.#dispatchFirst(request, handler));
  }

  /** Closes the socket, also one that is not open yet, which undici would let go on. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    this.#opening?.destroy();
    this.#opening = null;
    await this.#client?.destroy();
  }

  #dispatchFirst(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    if (this.#isDestroyed) return;
    this.#client = this.#createClient();
    this.#client.dispatch(request, handler);
  }

  #createClient(): Client {
    const { keepAliveMs } = this.#settings;
    return new Client(this.#origin, {
      connect: this.#open,
      pipelining: 1,
      // The deadlines are ours.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      allowH2: false,
    });
  }

  readonly #open = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    this.#opening = this.#settings.connector.connect(options, (...args) => this.#onOpened(callback, args));
  };

  #onOpened(callback: buildConnector.Callback, args: Parameters<buildConnector.Callback>): void {
    const [failure, socket] = args;
    this.#opening = null;
    this.failure = failure;
    this.isOpen = failure === null;
    this.isFresh = this.isOpen;
    callback(...args);
    this.isFresh = false;
    socket?.once("close", this.#onClose); // after undici, which must be through with it
  }

  readonly #onClose = (): void => {
    this.isOpen = false;
    this.#onClosed(this);
  };
}

/** What can be given up before it is open. */
export interface Destroyable {
  destroy(): unknown;
}
