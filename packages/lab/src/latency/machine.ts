import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Bytes of the caches that one core sees. */
export interface CacheSizes {
  readonly l1: number;
  readonly l2: number;
  readonly l3: number;
  /** True when the system does not tell, and common sizes were taken. */
  readonly assumed: boolean;
}

const common = { l1: 32 * 1_024, l2: 512 * 1_024, l3: 16 * 2 ** 20 };

/** What Linux says of the first core's data caches; common sizes elsewhere. */
export function cacheSizes(): CacheSizes {
  const found = new Map<number, number>();
  for (let index = 0; index < 8; index++) {
    const folder = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
    const [level, type, size] = ["level", "type", "size"].map((name) => readText(`${folder}/${name}`));
    if (size !== undefined && type !== "Instruction") found.set(Number(level), toBytes(size));
  }
  const [l1, l2, l3] = [1, 2, 3].map((level) => found.get(level));
  if (l1 === undefined || l2 === undefined || l3 === undefined) return { ...common, assumed: true };
  return { l1, l2, l3, assumed: false };
}

/** Cycles per nanosecond of the CPU, as the system says; `undefined` where it does not. */
export function cpuGigahertz(): number | undefined {
  const speedMhz = cpus()[0]?.speed ?? 0;
  const text = /^cpu MHz\s*:\s*([\d.]+)/m.exec(readText("/proc/cpuinfo") ?? "")?.[1];
  const mhz = speedMhz > 0 ? speedMhz : Number(text ?? 0);
  return mhz > 0 ? mhz / 1_000 : undefined;
}

/** `48K`, `32M`. */
function toBytes(size: string): number {
  const unit = { K: 1_024, M: 2 ** 20, G: 2 ** 30 }[size.slice(-1)];
  return unit === undefined ? Number(size) : Number(size.slice(0, -1)) * unit;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined; // not on this system
  }
}
