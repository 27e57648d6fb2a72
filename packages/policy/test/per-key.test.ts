import { FixedLimiter, PerKey } from "@overlap/policy";
import { expect, test } from "vitest";

test("gives each key a limit of its own, the same one as long as it is in use", () => {
  const perHost = new PerKey((_host: string) => new FixedLimiter(1));
  const slot = perHost.of("a").tryAcquire();
  expect([perHost.of("a").tryAcquire(), perHost.of("b").tryAcquire() === null]).toEqual([null, false]);
  slot?.release();
  expect(perHost.of("a").tryAcquire()).not.toBe(null);
});

test("forgets what is idle, and nothing else, when there are many keys", () => {
  const forgotten: string[] = [];
  const made = (host: string) => Object.assign(new FixedLimiter(1), { host });
  const perHost = new PerKey(made, { keep: 10, onForget: ({ host }) => forgotten.push(host) });
  perHost.of("busy").tryAcquire();
  for (let i = 0; i < 1_000; i++) perHost.of(`host ${i}`);
  expect(perHost.size).toBeLessThanOrEqual(11);
  expect(forgotten).not.toContain("busy");
  expect(perHost.of("busy").tryAcquire()).toBe(null);
});

test("looks seldom when all are in use", () => {
  let looks = 0;
  const create = () => ({
    get idle() {
      looks++;
      return false;
    },
  });
  const values = new PerKey(create, { keep: 10 });
  for (let key = 0; key < 10_000; key++) values.of(key);
  expect([values.size, [...values.values()].length]).toEqual([10_000, 10_000]);
  expect(looks).toBeLessThan(20_000);
});
