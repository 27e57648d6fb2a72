import { crc32, deflateSync } from "node:zlib";
import type { FlagDesign } from "./designs.ts";

const width = 320;
const height = 200;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Draws a flag as a PNG of 320 by 200 pixels. */
export function drawFlag(design: FlagDesign): Buffer {
  const rowBytes = 1 + width * 3; // a row begins with its filter, 0 for none
  const pixels = Buffer.alloc(height * rowBytes);
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * rowBytes + 1; x < width; x++, at += 3) {
      const colour = colourAt(design, x / width, y / height);
      pixels[at] = colour >> 16;
      pixels[at + 1] = (colour >> 8) & 0xff;
      pixels[at + 2] = colour & 0xff;
    }
  }
  return Buffer.concat([
    signature,
    chunk("IHDR", header()),
    chunk("IDAT", deflateSync(pixels, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The colour of a place, both coordinates from 0 to below 1. */
function colourAt(design: FlagDesign, x: number, y: number): number {
  switch (design.kind) {
    case "across":
      return stripeAt(design.stripes, y);
    case "down":
      return stripeAt(design.stripes, x);
    case "disc":
      return Math.hypot((x - 0.5) * (width / height), y - 0.5) < 0.3 ? design.disc : design.field;
    case "cross": {
      const distance = Math.min(Math.abs(x - 0.36) * (width / height), Math.abs(y - 0.5));
      if (distance < 0.05) return design.inner;
      return distance < 0.1 ? design.outer : design.field;
    }
  }
}

function stripeAt(stripes: readonly number[], place: number): number {
  return stripes[Math.floor(place * stripes.length)] ?? 0; // place is below 1
}

/** Width, height, eight bits a colour, RGB; see https://www.w3.org/TR/png-3/#11IHDR */
function header(): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes.set([8, 2], 8);
  return bytes;
}

/** Length, type, data, and a checksum of the last two. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
