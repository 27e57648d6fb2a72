/** Few names by small numbers; after `limit` different ones every further one gets number 0, named `overflow`. */
export class NameTable {
  readonly #limit: number;
  readonly #ids = new Map<string, number>();
  readonly #names: string[];

  constructor(limit: number, overflow: string) {
    this.#limit = limit;
    this.#names = [overflow];
  }

  /** The number of a name, or 0 when it is new and the table is full. */
  idOf(name: string): number {
    return this.#ids.get(name) ?? this.#add(name);
  }

  nameOf(id: number): string {
    return this.#names[id] ?? "";
  }

  #add(name: string): number {
    const id = this.#names.length;
    if (id > this.#limit) return 0;
    this.#names.push(name);
    this.#ids.set(name, id);
    return id;
  }
}
