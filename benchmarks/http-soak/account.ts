import type { Session } from "@overlap/http";

/** What came of a round of requests: every one of them has one outcome. */
export class Account {
  readonly #counts = new Map<string, number>();
  #begun = 0;
  #ended = 0;

  /** False when there were enough. */
  begin(atMost: number): boolean {
    if (this.#begun >= atMost) return false;
    this.#begun++;
    return true;
  }

  end(outcome: string): void {
    this.#ended++;
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  /** @throws when an outcome is missing, or the session has something left. */
  conclude({ inFlight, queued }: Session): void {
    if (this.#ended !== this.#begun) throw new Error(`${this.#begun} requests had ${this.#ended} outcomes`);
    if (inFlight + queued > 0) throw new Error(`${inFlight} requests are still in flight, ${queued} queued`);
  }

  describe(): string {
    const counts = [...this.#counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([outcome, count]) => `${count} ${outcome}`);
    return `${this.#ended} requests: ${counts.join(", ")}`;
  }
}
