import type { WriteStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { LiveLines } from "../src/live-lines.ts";

/** A terminal of 20 columns and 5 rows that understands what is needed here: up by lines, and clear to the end. */
class Screen {
  readonly columns = 20;
  readonly rows = 5;
  lines: string[] = [""];

  write(text: string): boolean {
    const pieces = text.replaceAll("\u001b", "␛").split(/(\n|\r|␛\[\d+A|␛\[0J)/);
    for (const piece of pieces.filter(Boolean)) this.#take(piece);
    return true;
  }

  #take(piece: string): void {
    const [, up] = /␛\[(\d+)A/.exec(piece) ?? [];
    if (up !== undefined) this.lines.splice(-1 - Number(up));
    else if (piece === "\n" || piece === "␛[0J") this.lines.push("");
    else if (piece !== "\r") this.lines[this.lines.length - 1] += piece;
  }
}

function open(): { screen: Screen; live: LiveLines } {
  const screen = new Screen();
  return { screen, live: new LiveLines(screen as unknown as WriteStream, []) };
}

describe("live lines", () => {
  it("are drawn in place of those before", () => {
    const { screen, live } = open();
    live.show(["one", "two"]);
    live.show(["three"]);
    expect(screen.lines).toEqual(["three", ""]);
    live[Symbol.dispose]();
    expect(screen.lines).toEqual([""]);
  });

  it("let what others write stand above them", () => {
    const { screen, live } = open();
    live.show(["one", "two"]);
    screen.write("a note\n");
    live.show(["three"]);
    expect(screen.lines).toEqual(["a note", "three", ""]);
  });

  it("leave alone a line that somebody has not ended", () => {
    const { screen, live } = open();
    live.show(["one"]);
    screen.write("half a no");
    screen.write("te");
    live.show(["two"]);
    expect(screen.lines).toEqual(["half a note", "two", ""]);
  });

  it("never wrap, and never take more than the screen has", () => {
    const { screen, live } = open();
    live.show(Array.from({ length: 9 }, () => "x".repeat(50)));
    expect(screen.lines).toEqual([...Array.from({ length: 4 }, () => "x".repeat(19)), ""]);
  });

  it("leave the terminal to others in the end", () => {
    const { screen, live } = open();
    live.show(["one"]);
    live[Symbol.dispose]();
    screen.write("two\nthree");
    expect(screen.lines).toEqual(["two", "three"]);
  });
});
