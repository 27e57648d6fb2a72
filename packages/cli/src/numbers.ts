import { InvalidArgumentError } from "commander";

/** For flags that take milliseconds: a number of at least 0. */
export function milliseconds(text: string): number {
  return numberThat((value) => value >= 0, "milliseconds of at least 0", text);
}

/** For flags that count things: an integer of at least 1. */
export function positiveInteger(text: string): number {
  return numberThat((value) => Number.isInteger(value) && value >= 1, "a positive integer", text);
}

/** An integer of at least 1, or the word auto. */
export function positiveIntegerOrAuto(text: string): number | "auto" {
  if (text === "auto") return text;
  return numberThat((value) => Number.isInteger(value) && value >= 1, 'a positive integer or "auto"', text);
}

/** Integers of at least 1, with commas between them. */
export function positiveIntegers(text: string): number[] {
  return text.split(",").map(positiveInteger);
}

/** An integer of at least 0. */
export function wholeNumber(text: string): number {
  return numberThat((value) => Number.isInteger(value) && value >= 0, "an integer of at least 0", text);
}

/** A number above 0. */
export function positiveNumber(text: string): number {
  return numberThat((value) => value > 0, "a number above 0", text);
}

/** A share from 0 to 1. */
export function share(text: string): number {
  return numberThat((value) => value >= 0 && value <= 1, "a number from 0 to 1", text);
}

/** A TCP port. */
export function port(text: string): number {
  return numberThat(
    (value) => Number.isInteger(value) && value >= 0 && value <= 65_535,
    "a port from 0 to 65535",
    text,
  );
}

/** Names with commas between them. */
export function names(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

function numberThat(fits: (value: number) => boolean, expected: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && fits(value)) return value;
  throw new InvalidArgumentError(`Expected ${expected}.`);
}
