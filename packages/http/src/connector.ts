import type { Socket } from "node:net";
import { buildConnector } from "undici";
import { literalAddress } from "./address-guard.ts";
import type { Destroyable } from "./connection.ts";
import type { TlsSettings } from "./options.ts";
import type { ResolvedAddress, Resolver } from "./resolver.ts";

/** How connections are made. */
export interface ConnectorSettings {
  readonly tls: TlsSettings;
  /** Whether an address may be connected to; `null` for all. */
  readonly allowAddress: ((address: string) => boolean) | null;
  readonly resolver: Resolver;
  /** Called before a connection is made that would be one too many. */
  readonly onCrowded: () => void;
  readonly mostConnections: () => number;
}

/** What a connection is refused with that would lead where the session may not go. */
export class AddressNotAllowed extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`${address} is not allowed`);
    this.address = address;
  }
}

/** Opens sockets: looks names up, guards addresses, and counts what is open. */
export class Connector {
  readonly #settings: ConnectorSettings;
  readonly #connect: buildConnector.connector;
  #open = 0;

  constructor(settings: ConnectorSettings) {
    this.#settings = settings;
    // The deadlines are ours, and 0 is none. Node calls our look-up instead of its own, and connects to nothing that it didn't bring.
    const options = { ...settings.tls, timeout: 0, allowH2: false, lookup: this.#lookUp };
    this.#connect = buildConnector(options as Parameters<typeof buildConnector>[0]);
  }

  /** Calls back, later, with an open socket or with what prevents it. Returns what gives it up; `null` when it is refused. */
  connect(options: buildConnector.Options, callback: buildConnector.Callback): Destroyable | null {
    const refused = this.#refuse(options.hostname);
    if (refused !== null) {
      queueMicrotask(() => callback(refused, null));
      return null;
    }
    if (this.#open >= this.#settings.mostConnections()) this.#settings.onCrowded();
    const opening: unknown = this.#connect(options, (...args) => {
      if (args[0] === null) this.#count(args[1]);
      callback(...args);
    });
    return isDestroyable(opening) ? opening : null;
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

/** undici's connector returns its socket, though its type says nothing. */
function isDestroyable(value: unknown): value is Destroyable {
  return typeof value === "object" && value !== null && "destroy" in value;
}
