import type { Socket } from "node:net";
import { buildConnector } from "undici";
import { literalAddress } from "./address-guard.ts";
import type { TlsSettings } from "./options.ts";
import type { ResolvedAddress, Resolver } from "./resolver.ts";

/** How connections are made. */
export interface ConnectorSettings {
  /** Connecting is given up after this; the deadlines of requests are exact, and shorter. */
  readonly giveUpMs: number;
  readonly tls: TlsSettings;
  /** Whether an address may be connected to; `null` for all. */
  readonly allowAddress: ((address: string) => boolean) | null;
  readonly resolver: Resolver;
  /** Called before a connection is made that would be one too many. */
  readonly onCrowded: () => void;
  readonly maxConnections: number;
}

/** What a connection is refused with that would lead where the session may not go. */
export class AddressNotAllowed extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`${address} is not allowed`);
    this.address = address;
  }
}

/**
 * Makes connections: looks names up, guards addresses, counts what is open, and knows what is not connected yet, which
 * undici forgets when it is destroyed.
 */
export class Connector {
  /** A connection was handed to undici just now; the request that starts in the same call is its first. */
  fresh = false;
  readonly #settings: ConnectorSettings;
  readonly #connect: buildConnector.connector;
  readonly #connecting = new Set<buildConnector.Options>();
  readonly #sockets = new WeakMap<buildConnector.Options, Destroyable>();
  #open = 0;

  constructor(settings: ConnectorSettings) {
    this.#settings = settings;
    const { tls, giveUpMs } = settings;
    // A timeout of 0 is none. Node calls our look-up instead of its own, and connects to nothing that it didn't bring.
    const timeout = giveUpMs === Number.POSITIVE_INFINITY ? 0 : giveUpMs;
    this.#connect = buildConnector({ ...tls, timeout, allowH2: false, lookup: this.#lookUp } as Parameters<
      typeof buildConnector
    >[0]);
  }

  /** What undici calls. */
  readonly connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const refused = this.#refuse(options.hostname);
    if (refused !== null) {
      queueMicrotask(() => callback(refused, null));
      return;
    }
    if (this.#open >= this.#settings.maxConnections) this.#settings.onCrowded();
    this.#connecting.add(options);
    const socket: unknown = this.#connect(options, (...args) => this.#onConnected(options, callback, args));
    if (isDestroyable(socket)) this.#sockets.set(options, socket);
  };

  /** Gives up on what is not connected yet. */
  abort(): void {
    for (const options of this.#connecting) this.#sockets.get(options)?.destroy();
    this.#connecting.clear();
  }

  #onConnected(
    options: buildConnector.Options,
    callback: buildConnector.Callback,
    args: Parameters<buildConnector.Callback>,
  ): void {
    this.#connecting.delete(options);
    const [failure, socket] = args;
    if (failure === null) this.#count(socket);
    this.fresh = true;
    callback(...args);
    this.fresh = false;
  }

  #count(socket: Socket): void {
    this.#open++;
    socket.once("close", () => this.#open--);
  }

  /** Literal addresses are never looked up, so they are checked before. */
  #refuse(hostname: string): AddressNotAllowed | null {
    const address = literalAddress(hostname);
    return address === null || this.#allows(address) ? null : new AddressNotAllowed(address);
  }

  readonly #lookUp = (hostname: string, { all }: LookUpOptions, callback: LookUpCallback): void => {
    this.#settings.resolver.resolve(hostname, (error, addresses) => {
      const failure = error ?? this.#refuseAny(addresses);
      if (failure !== null) callback(failure, []);
      else if (all) callback(null, addresses);
      else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
    });
  };

  /** One that is not allowed spoils the name: who answers for it has no business to say so. */
  #refuseAny(addresses: readonly ResolvedAddress[]): AddressNotAllowed | null {
    const found = addresses.find(({ address }) => !this.#allows(address));
    return found === undefined ? null : new AddressNotAllowed(found.address);
  }

  #allows(address: string): boolean {
    const { allowAddress } = this.#settings;
    return allowAddress === null || allowAddress(address);
  }
}

interface LookUpOptions {
  readonly all?: boolean;
}

type LookUpCallback = (
  error: Error | null,
  address: string | readonly ResolvedAddress[],
  family?: number,
) => void;

interface Destroyable {
  destroy(): void;
}

/** undici's connector returns its socket, though its type says nothing. */
function isDestroyable(value: unknown): value is Destroyable {
  return typeof value === "object" && value !== null && "destroy" in value;
}
