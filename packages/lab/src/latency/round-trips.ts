import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { checkpoint, run } from "@overlap/loop";
import type { ListeningMessage } from "../server-thread.ts";

const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Nanoseconds a sample. */
export interface RoundTrips {
  readonly threadNs: readonly number[];
  readonly loopbackNs: readonly number[];
}

/** Sends a byte to another thread and waits for it to come back: as a message, and through a socket on the loopback address. */
export async function measureRoundTrips(samples: number): Promise<RoundTrips> {
  const worker = new Worker(new URL(`./echo-thread${ending}`, import.meta.url));
  try {
    const [{ port }] = (await once(worker, "message")) as [ListeningMessage];
    const threadNs = await pingPong(samples, async () => {
      worker.postMessage(1);
      await once(worker, "message");
    });
    return { threadNs, loopbackNs: await overSocket(port, samples) };
  } finally {
    await worker.terminate();
  }
}

async function overSocket(port: number, samples: number): Promise<number[]> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.setNoDelay(true);
    return await pingPong(samples, async () => {
      socket.write("x");
      await once(socket, "data");
    });
  } finally {
    socket.destroy();
  }
}

/** Nanoseconds until a connection to a host far away is made: one round trip over the network. */
export async function measureConnects(host: string, port: number, samples: number): Promise<number[]> {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const startMs = performance.now();
    using socket = closing(connect({ host, port, timeout: 5_000 }));
    const timedOut = once(socket.it, "timeout").then(() => {
      throw new Error(`no connection to ${host}:${port} within 5 s`);
    });
    timedOut.catch(() => {}); // only matters when it comes first
    await Promise.race([once(socket.it, "connect"), timedOut]);
    times.push((performance.now() - startMs) * 1e6);
  }
  return times;
}

/** Nanoseconds of a turn of the loop: a task that lets others run, and nobody is there. */
export async function measureTurns(samples: number): Promise<number[]> {
  const turns = 10_000;
  return await run(function* () {
    const times: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const startMs = performance.now();
      for (let turn = 0; turn < turns; turn++) yield* checkpoint();
      times.push(((performance.now() - startMs) * 1e6) / turns);
    }
    return times;
  });
}

/** The first trips open what is needed and are not counted. */
async function pingPong(samples: number, trip: () => Promise<void>): Promise<number[]> {
  const warmUp = 20;
  const times: number[] = [];
  for (let sample = -warmUp; sample < samples; sample++) {
    const startMs = performance.now();
    await trip();
    if (sample >= 0) times.push((performance.now() - startMs) * 1e6);
  }
  return times;
}

function closing(socket: Socket): Disposable & { readonly it: Socket } {
  return { it: socket, [Symbol.dispose]: () => void socket.destroy() };
}
