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
  /**
   * Slots whose connection undici has not taken back yet: it does so in the next check phase, and whoever starts before
   * would open another connection, or be queued where it can't be withdrawn.
   */
  #cooling = 0;
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
    if (this.#cooling === 0 && this.#waiting.size === 0 && this.#inFlight < this.#limit)
      this.#run(exchange, false);
    else this.#waiting.push(exchange);
  }

  /** A waiting exchange has ended. */
  withdraw(exchange: Exchange): void {
    this.#waiting.remove(exchange);
    this.#checkIdle();
  }

  /** A running exchange has ended; if `keptAlive`, its connection may serve the next. */
  release(exchange: Exchange, keptAlive: boolean): void {
    this.#deadlines.end(exchange);
    this.#inFlight--;
    if (keptAlive) this.#cool();
    else this.#fill(this.#limit);
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
    const running = Array.from(this.#deadlines); // each leaves the deadlines as it is cancelled
    for (const exchange of running) exchange.cancel(reason);
  }

  /** Closes every connection; nothing runs. */
  async destroy(): Promise<void> {
    await settled; // undici may be in the middle of reporting the last answer
    this.#connector.abort();
    await this.#agent.destroy();
  }

  /** undici asks for its turn when the report of the answer returns; a microtask later is behind it. */
  #cool(): void {
    this.#cooling++;
    void settled.then(this.#afterReport);
  }

  readonly #afterReport = (): void => void setImmediate(this.#onCooled);

  readonly #onCooled = (): void => {
    this.#cooling--;
    this.#fill(this.#cooling === 0 ? this.#limit : 1);
  };

  /**
   * Starts `most` of those who wait, as far as there are slots. A loop and not a recursion: a start that fails at once
   * releases its slot while this runs.
   */
  #fill(most: number): void {
    if (this.#filling) return;
    this.#filling = true;
    for (let left = most; this.#inFlight + this.#cooling < this.#limit; left--) {
      if (left <= 0 && this.#cooling > 0) break; // the next that has cooled goes on
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

const settled = Promise.resolve();

/** The deadlines are ours, so undici's are off. */
function createAgent(limit: number, keepAliveMs: number, { connect }: Connector): Agent {
  const options: Pool.Options = {
    connections: limit,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connect,
    allowH2: false,
  };
  // Were it told to the agent too, allowH2 would cost a new string per request.
  return new Agent({ factory: (origin) => new Pool(origin, options) });
}
