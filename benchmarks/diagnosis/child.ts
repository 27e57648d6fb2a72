import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { spawnDatabase } from "@overlap/lab";
import { describeRun } from "@overlap/report";
import { RunRecorder, toNdjson } from "@overlap/trace";
import { situations } from "./situations.ts";

/** Runs one situation, in a process of its own, and prints what was said of it as JSON; keeps its trace where a file is named. */

const [, , number, traceFile] = process.argv;
const situation = situations[Number(number)];
if (situation === undefined) throw new Error(`expected the number of a situation, got ${number}`);
await using database = await spawnDatabase(situation.server);
const recorder = new RunRecorder();
const { items } = await situation.run({ address: database.address, recorder });
const times = recorder.stop();
const { name, limit } = situation;
const record = { name, limit, items, times, cores: availableParallelism() };
const { diagnosis, breakdown, meanInFlight, little } = describeRun({ record, trace: recorder.trace });
console.log(JSON.stringify({ diagnosis, breakdown, meanInFlight, little, wallMs: times.wallMs }));
if (traceFile !== undefined) await writeFile(traceFile, toNdjson(recorder.trace, record));
