import { lookup as systemLookup } from "node:dns";
import { currentLoop, Semaphore } from "@overlap/loop";

/** An address that a name stands for. */
export interface ResolvedAddress {
  /** The address. */
  readonly address: string;
  /** Its kind. */
  readonly family: 4 | 6;
}

/** Finds the addresses of a name; rejects when there is none. */
export type Lookup = (hostname: string) => PromiseLike<readonly ResolvedAddress[]>;

/** How a resolver looks up and remembers. */
export interface ResolverSettings {
  readonly lookup: Lookup;
  readonly cacheMs: number;
  readonly failureCacheMs: number;
}

type Answer = (error: Error | null, addresses: readonly ResolvedAddress[]) => void;

/** What is known of a name: its answer, or who waits for it. */
interface Entry {
  readonly waiting: Answer[] | null;
  readonly error: Error | null;
  readonly addresses: readonly ResolvedAddress[];
  readonly expiresAtMs: number;
}

/** Looks names up once for all who ask at the same time, and remembers answers and failures for a while. */
export class Resolver {
  readonly #settings: ResolverSettings;
  readonly #entries = new Map<string, Entry>();

  constructor(settings: ResolverSettings) {
    this.#settings = settings;
  }

  /** Calls `answer`, never inline, with at least one address or an error. */
  resolve(hostname: string, answer: Answer): void {
    const known = this.#entries.get(hostname);
    if (known?.waiting) known.waiting.push(answer);
    else if (known !== undefined && known.expiresAtMs > currentLoop().now())
      queueMicrotask(() => answer(known.error, known.addresses));
    else this.#ask(hostname, answer);
  }

  #ask(hostname: string, answer: Answer): void {
    this.#makeRoom();
    this.#entries.set(hostname, { waiting: [answer], error: null, addresses: [], expiresAtMs: 0 });
    this.#lookUp(hostname).then(
      (addresses) => this.#answer(hostname, addresses.length > 0 ? null : noAddress(hostname), addresses),
      (error: unknown) => this.#answer(hostname, toError(error), []),
    );
  }

  /** A look-up that throws at once has failed like any other. */
  async #lookUp(hostname: string): Promise<readonly ResolvedAddress[]> {
    return await this.#settings.lookup(hostname);
  }

  #answer(hostname: string, error: Error | null, addresses: readonly ResolvedAddress[]): void {
    const entry = this.#entries.get(hostname);
    const waiting = entry?.waiting ?? [];
    const keepMs = error === null ? this.#settings.cacheMs : this.#settings.failureCacheMs;
    const expiresAtMs = currentLoop().now() + keepMs;
    this.#entries.set(hostname, { waiting: null, error, addresses, expiresAtMs });
    for (const each of waiting) each(error, addresses);
  }

  /** Drops the oldest answers; names that somebody waits for stay. */
  #makeRoom(): void {
    if (this.#entries.size < mostNames) return;
    for (const [hostname, { waiting }] of this.#entries) {
      if (waiting === null) this.#entries.delete(hostname);
      if (this.#entries.size < mostNames / 2) return;
    }
  }
}

const mostNames = 10_000;

/** Each look-up of the system blocks a thread of the pool that files, compression and crypto need too: one is left to them. */
const lookUpThreads = new Semaphore(Math.max(1, (Number(process.env.UV_THREADPOOL_SIZE) || 4) - 1));

/** The machine's own look-up: hosts file, then name servers, as every program on it does. */
export const lookUpBySystem: Lookup = async (hostname) => {
  using _thread = await lookUpThreads.acquire();
  return await new Promise<readonly ResolvedAddress[]>((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null)
        resolve(addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
      else reject(error);
    });
  });
};

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
