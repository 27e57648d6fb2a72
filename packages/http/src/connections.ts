import { Connection, type ConnectionSettings } from "./connection.ts";
import { LinkedQueue } from "./linked-queue.ts";

/**
 * The connections to one origin: one for each request in flight, and those that were left over, used last first. undici's own pool
 * would look through all of them for each request.
 */
export class Connections {
  readonly #origin: string;
  readonly #settings: ConnectionSettings;
  /** Each has a socket. */
  readonly #idle: LinkedQueue<Connection> = new LinkedQueue<Connection>();
  readonly #all = new Set<Connection>();

  constructor(origin: string, settings: ConnectionSettings) {
    this.#origin = origin;
    this.#settings = settings;
  }

  /** One that nobody uses. It opens a socket, if it has to, when it gets a request. */
  take(): Connection {
    const connection = this.#idle.shift();
    if (connection === null) return this.#create();
    connection.isIdle = false;
    return connection;
  }

  /** Its request has ended well. It may be taken at once: it sends nothing before the end has been dealt with. */
  giveBack(connection: Connection): void {
    connection.isIdle = true;
    this.#idle.unshift(connection);
  }

  /** Its request has not: it is closed, and its place is free. */
  drop(connection: Connection): void {
    void connection.destroy().then(() => this.#all.delete(connection));
  }

  /** One with a new socket instead of this one, whose own was lost. undici takes no request in the middle of reporting that. */
  replace(connection: Connection): Connection {
    this.drop(connection);
    return this.#create();
  }

  /** Closes all of them; nothing runs. */
  async destroy(): Promise<void> {
    await Promise.all(Array.from(this.#all, (connection) => connection.destroy()));
  }

  #create(): Connection {
    const connection = new Connection(this.#origin, this.#settings, this.#onClosed);
    this.#all.add(connection);
    return connection;
  }

  /** One in use gets another socket if it needs one. */
  readonly #onClosed = (connection: Connection): void => {
    if (!connection.isIdle) return;
    connection.isIdle = false;
    this.#idle.remove(connection);
    this.drop(connection);
  };
}
