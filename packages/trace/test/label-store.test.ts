import { expect, test } from "vitest";
import { LabelStore } from "../src/label-store.ts";

test("never takes a label for another that begins like it", () => {
  const store = new LabelStore(1_000_000);
  for (const letter of "abcdefghijklmnopqrstuvwxyz") {
    for (let length = 120; length > 0; length--) {
      const label = letter.repeat(length);
      expect(store.labelOf(store.idOf(label))).toBe(label);
    }
  }
});

test("gives a label that was just stored the same number again", () => {
  const store = new LabelStore(1_000);
  const first = store.idOf("/items/7");
  expect(store.idOf(["/items", "7"].join("/"))).toBe(first);
  expect(store.idOf("/items/8")).not.toBe(first);
  expect(store.idOf("")).toBe(0);
});
