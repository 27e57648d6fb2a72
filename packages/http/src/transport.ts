import { Agent, Pool } from "undici";
import { Connector } from "./connector.ts";
import { Deadlines } from "./deadlines.ts";
import type { Exchange } from "./exchange.ts";
import { LinkedQueue } from "./linked-queue.ts";
import type { TraceSink } from "./trace-sink.ts";
import type { WireRequest } from "./wire-request.ts";

/** Settled options of a transport. */
export interface TransportOptions {
  readonly limit: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly maxBodyBytes: number;
  readonly trace: TraceSink | null;
}

/**
 * Runs exchanges: at most `limit` at once, first come first served, each within its deadline. undici sees a request only
 * when a slot is free, because what waits inside undici can't be withdrawn and costs ten times the memory.
 */
export class Transport {
  readonly maxBodyBytes: number;
  readonly trace: TraceSink | null;
  readonly #limit: number;
  readonly #connector: Connector;
  readonly #agent: Agent;
  /** Everybody in flight. */
  readonly #deadlines = new Deadlines<Exchange>();
  readonly #waiting = new LinkedQueue<Exchange>();
  readonly #onIdle: () => void;
  #inFlight = 0;
  #filling = false;

  /** `onIdle` is called whenever the last exchange has ended. */
  constructor(
    { limit, connectTimeoutMs, keepAliveMs, maxBodyBytes, trace }: TransportOptions,
    onIdle: () => void,
  ) {
    this.maxBodyBytes = maxBodyBytes;
    this.trace = trace;
    this.#limit = limit;
    this.#onIdle = onIdle;
    this.#connector = new Connector(connectTimeoutMs);
    this.#agent = createAgent(limit, keepAliveMs, this.#connector);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#waiting.size;
  }

  /** The request that starts in this very call is the first of its connection. */
  get onFreshConnection(): boolean {
    return this.#connector.fresh;
  }

  /** Runs it when it is its turn: at once when a slot is free. */
  submit(exchange: Exchange): void {
    if (this.#inFlight < this.#limit && this.#waiting.size === 0) this.#run(exchange, false);
    else this.#waiting.push(exchange);
  }

  /** A waiting exchange has ended. */
  withdraw(exchange: Exchange): void {
    this.#waiting.remove(exchange);
    this.#checkIdle();
  }

  /** A running exchange has ended. */
  release(exchange: Exchange): void {
    this.#deadlines.end(exchange);
    this.#inFlight--;
    if (this.#waiting.size > 0) this.#fill();
    this.#checkIdle();
  }

  /** Hands a request to undici, which tells `exchange` what comes of it. */
  send(request: WireRequest, exchange: Exchange): void {
    this.#agent.dispatch(request, exchange);
  }

  /** Cancels everything. */
  cancelAll(reason: unknown): void {
    for (let waiting = this.#waiting.first; waiting !== null; waiting = this.#waiting.first) {
      waiting.cancel(reason);
    }
    for (const running of [...this.#deadlines]) running.cancel(reason);
  }

  /** Closes every connection; nothing runs. */
  async destroy(): Promise<void> {
    await null; // undici may be in the middle of reporting the last answer
    this.#connector.abort();
    await this.#agent.destroy();
  }

  /** A loop and not a recursion: a start that fails at once releases its slot while this runs. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    while (this.#inFlight < this.#limit) {
      const next = this.#waiting.shift();
      if (next === null) break;
      this.#run(next, true);
    }
    this.#filling = false;
  }

  #run(exchange: Exchange, waited: boolean): void {
    this.#inFlight++;
    this.#deadlines.start(exchange);
    exchange.start(waited);
  }

  #checkIdle(): void {
    if (this.#inFlight === 0 && this.#waiting.size === 0) this.#onIdle();
  }
}

/** The deadlines are ours, so undici's are off. */
function createAgent(limit: number, keepAliveMs: number, { connect }: Connector): Agent {
  return new Agent({
    connections: limit,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connect,
    // Given to the agent, allowH2 would cost a new string per request.
    factory: (origin, options) => new Pool(origin, { ...options, allowH2: false }),
  });
}
