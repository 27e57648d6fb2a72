import type { Host } from "./host.ts";
import { LinkedQueue } from "./linked-queue.ts";

/**
 * The hosts that have somebody waiting and may be sent something, those with the fewest requests in flight first, in turn:
 * so every host gets its share of the slots, and one that stalls keeps no more than that.
 */
export class ReadyHosts {
  /** By requests in flight. */
  readonly #places: LinkedQueue<Host>[] = [];
  /** No place before this has a host. */
  #least = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Takes its place, or another one if it has more or fewer in flight than before. */
  add(host: Host): void {
    if (host.readyAt === host.inFlight) return;
    this.remove(host);
    host.readyAt = host.inFlight;
    this.#place(host.readyAt).push(host);
    this.#least = Math.min(this.#least, host.readyAt);
    this.#size++;
  }

  /** Does nothing when it is not there. */
  remove(host: Host): void {
    if (host.readyAt < 0) return;
    this.#place(host.readyAt).remove(host);
    host.readyAt = -1;
    this.#size--;
  }

  /** Whose turn it is; `null` when nobody is ready. */
  first(): Host | null {
    if (this.#size === 0) return null;
    while (this.#place(this.#least).first === null) this.#least++;
    return this.#place(this.#least).first;
  }

  #place(inFlight: number): LinkedQueue<Host> {
    while (this.#places.length <= inFlight) this.#places.push(new LinkedQueue<Host>());
    return this.#places[inFlight] as LinkedQueue<Host>; // made just now, if it wasn't there
  }
}
