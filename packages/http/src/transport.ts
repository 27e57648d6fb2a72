import { currentLoop } from "@overlap/loop";
import { type Limiter, PerKey, type RateOptions, type SlotOutcome, TokenBucket } from "@overlap/policy";
import type { Attempt } from "./attempt.ts";
import { Connections } from "./connections.ts";
import { Connector, type ConnectorSettings } from "./connector.ts";
import { Deadlines } from "./deadlines.ts";
import type { Exchange } from "./exchange.ts";
import { Host } from "./host.ts";
import { recordLimit } from "./limit-record.ts";
import type { QueueWait } from "./queue-wait.ts";
import { parseRetryAfterMs } from "./retry-after.ts";
import { Scheduler, type Slots } from "./scheduler.ts";
import { SignalWatch } from "./signal-watch.ts";
import { Spans } from "./spans.ts";
import type { TraceSink } from "./trace-sink.ts";

/** What a session settles for all of its requests together. */
export interface TransportSettings {
  readonly limiter: Limiter;
  readonly limiterOf: (origin: string) => Limiter;
  /** Its limiters may have room again without anybody here having left. */
  readonly limitersAreShared: boolean;
  readonly rate: RateOptions | null;
  readonly ratePerHost: RateOptions | null;
  readonly maxRetryAfterMs: number;
  readonly keepAliveMs: number;
  readonly keepAliveRetry: boolean;
  readonly decompress: boolean;
  readonly connector: Omit<ConnectorSettings, "onCrowded">;
  readonly trace: TraceSink | null;
}

/**
 * Runs exchanges: schedules them, watches their deadlines, owns hosts and their connections. undici sees a request only when it has a
 * slot, because what waits inside undici can't be withdrawn and costs ten times the memory.
 */
export class Transport {
  readonly scheduler: Scheduler;
  /** Everybody in flight. */
  readonly deadlines: Deadlines<Attempt> = new Deadlines<Attempt>();
  /** Those in the queue that may not stay there for ever. */
  readonly queueDeadlines: Deadlines<QueueWait> = new Deadlines<QueueWait>();
  /** Those that are neither in the queue nor in flight: they wait for the next attempt, or for a body to be decompressed. */
  readonly resting: Set<Exchange> = new Set<Exchange>();
  /** Those that end when a signal fires. */
  readonly signals: SignalWatch = new SignalWatch();
  readonly spans: Spans | null;
  readonly keepAliveRetry: boolean;
  readonly decompress: boolean;
  readonly #settings: TransportSettings;
  readonly #connector: Connector;
  readonly #hosts: PerKey<string, Host>;
  readonly #loop = currentLoop();
  readonly #onIdle: () => void;
  /** Ends what notes down how the limit tunes itself. */
  readonly #stopRecording: (() => void) | null;
  #unfinished = 0;
  #inFlight = 0;

  /** `onIdle` is called whenever the last exchange has ended. */
  constructor(settings: TransportSettings, onIdle: () => void) {
    const { limiter, rate, connector, trace, keepAliveRetry, decompress } = settings;
    this.#settings = settings;
    this.#onIdle = onIdle;
    this.keepAliveRetry = keepAliveRetry;
    this.decompress = decompress;
    this.scheduler = new Scheduler(limiter, rate === null ? null : new TokenBucket(rate));
    this.spans = trace === null ? null : new Spans(trace);
    this.#stopRecording = recordLimit(limiter, trace, "limit");
    this.#hosts = new PerKey((origin) => this.#createHost(origin), { onForget: (host) => host.close() });
    this.#connector = new Connector({ ...connector, onCrowded: () => this.#hosts.forgetIdle() });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Exchanges that have not ended, wherever they are. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** The host of a request that is about to be queued there. */
  hostOf(origin: string): Host {
    return this.#hosts.of(origin);
  }

  /** A new exchange. */
  begin(): void {
    this.#unfinished++;
  }

  /** An exchange has ended for good, and holds nothing any more but the slot that it is about to free. */
  finish(): void {
    this.#unfinished--;
    if (this.#unfinished === 0) this.#onIdle();
  }

  /** An attempt begins. */
  enter(): void {
    this.#inFlight++;
  }

  /** An attempt has ended. */
  release(host: Host, slots: Slots, outcome: SlotOutcome): void {
    this.#inFlight--;
    this.scheduler.release(host, slots, outcome);
  }

  /**
   * Makes the pause that a busy server asks for, up to the longest that is made: nothing more is sent there. Returns its milliseconds, below
   * 0 when the server asks for more than that.
   */
  heed(host: Host, status: number, retryAfter: unknown): number {
    const { maxRetryAfterMs } = this.#settings;
    if ((status !== 429 && status !== 503) || maxRetryAfterMs === 0) return 0;
    const askedMs = parseRetryAfterMs(retryAfter);
    if (askedMs === null) return 0;
    host.holdOff(Math.min(askedMs, maxRetryAfterMs));
    this.scheduler.place(host);
    return askedMs > maxRetryAfterMs ? -1 : askedMs;
  }

  /** Cancels everything. */
  cancelAll(reason: unknown): void {
    this.cancelWaiting(reason);
    const attempts = Array.from(this.deadlines); // each leaves the deadlines as it is cancelled
    for (const attempt of attempts) attempt.cancel(reason);
  }

  /** Cancels everything that is not on the network. */
  cancelWaiting(reason: unknown): void {
    for (const host of this.#hosts.values()) for (const waiting of host.waiting) waiting.cancel(reason);
    for (const exchange of this.resting) exchange.cancel(reason);
  }

  /** Closes every connection; nothing runs. */
  async destroy(): Promise<void> {
    await settled; // undici may be in the middle of reporting the last answer
    this.#stopRecording?.();
    this.scheduler.close();
    await Promise.all(Array.from(this.#hosts.values(), (host) => host.connections.destroy()));
  }

  #createHost(origin: string): Host {
    const { limiterOf, limitersAreShared, ratePerHost, keepAliveMs, trace } = this.#settings;
    const limiter = limiterOf(origin);
    const stopListening = limitersAreShared ? limiter.onRoom(() => this.#onRoom(host)) : null;
    const stopRecording = recordLimit(limiter, trace, `limit of ${origin}`);
    const host: Host = new Host({
      limiter,
      rate: ratePerHost === null ? null : new TokenBucket(ratePerHost),
      connections: new Connections(origin, { connector: this.#connector, keepAliveMs }),
      now: () => this.#loop.now(),
      stopListening: () => {
        stopListening?.();
        stopRecording?.();
      },
    });
    return host;
  }

  #onRoom(host: Host): void {
    this.scheduler.place(host);
    this.scheduler.fill();
  }
}

const settled = Promise.resolve();
