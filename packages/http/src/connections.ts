import { Client } from "undici";

/** How the connections of a host are made and kept. */
export interface ConnectionSettings {
  readonly connect: NonNullable<Client.Options["connect"]>;
  readonly keepAliveMs: number;
}

/**
 * The connections to one origin: one for each request in flight, and those that were left over, used last first. Each is a client of
 * undici with one request at a time; undici's own pool would look through all of them for each request.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #idle: Client[] = [];
  readonly #all = new Set<Client>();

  constructor(origin: string, { connect, keepAliveMs }: ConnectionSettings) {
    this.#origin = origin;
    this.#options = {
      connect,
      pipelining: 1,
      // The deadlines are ours.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      allowH2: false,
    };
  }

  /** One that nobody uses. It connects, if it has to, when it gets a request. */
  take(): Client {
    return this.#idle.pop() ?? this.#create();
  }

  /** Its request has ended. It may be taken at once: it sends nothing before the end has been dealt with. */
  giveBack(client: Client): void {
    this.#idle.push(client);
  }

  /** It could not connect, or not in time. */
  drop(client: Client): void {
    this.#all.delete(client);
    void client.destroy();
  }

  /** Closes all of them; nothing runs. */
  async destroy(): Promise<void> {
    await Promise.all(Array.from(this.#all, (client) => client.destroy()));
  }

  #create(): Client {
    const client = new Client(this.#origin, this.#options);
    this.#all.add(client);
    return client;
  }
}
