import { sleep } from "@overlap/loop";
import {
  httpPost,
  type Job,
  ndjsonFile,
  pipeline,
  type RowSink,
  type RowWriter,
  range,
  sqliteTable,
} from "@overlap/pipeline";
import { batch, inFlight, items, type SinkKind } from "./kill-plan.ts";

/** `kill-job.ts KIND FOLDER ADDRESS`: the program that is killed. It says when it opens its job, and when the first rows come. */

interface Row {
  readonly n: number;
}

const [, , kind, folder, address] = process.argv;
const journal = `${folder}/job.db`;
let working = false;

function sayThatItWorks(): void {
  if (!working) process.stdout.write("working\n");
  working = true;
}

/** The same sink, which says when the first rows come, and takes 1 to 3 ms more for each call. */
function slow(sink: RowSink<Row>): RowSink<Row> {
  return {
    ...sink,
    async open(opening) {
      const writer: RowWriter<Row> = await (sink.open(opening) as
        | RowWriter<Row>
        | PromiseLike<RowWriter<Row>>);
      return {
        async write(rows, context) {
          sayThatItWorks();
          await sleep(1 + Math.random() * 2);
          return (await writer.write(rows, context)) as undefined;
        },
        close: () => writer.close(),
      };
    },
  };
}

const rows = pipeline(range(0, items))
  .io("work", async (n) => n, { concurrency: 50 })
  .map((n): Row => ({ n }));
const batches = rows.batch({ items: batch });

const jobs = {
  sqlite: () =>
    batches.to(slow(sqliteTable(`${folder}/out.db`, "rows")), {
      journal: "in-sink",
      concurrency: inFlight.sqlite,
    }),
  ndjson: () =>
    batches.to(slow(ndjsonFile(`${folder}/out.ndjson`)), { journal, concurrency: inFlight.ndjson }),
  /** The database takes its 1 to 3 ms itself. */
  async http() {
    // Loaded here: a life of the other kinds would last no longer than the loading.
    const { Session } = await import("@overlap/http");
    const session = new Session({ limit: inFlight.http });
    const body = ({ n }: Row) => {
      sayThatItWorks();
      return String(n);
    };
    const post = httpPost(`${address}/add?name=kill`, {
      session,
      body,
      headers: { "content-type": "text/plain" },
    });
    return rows.to(post, { journal, concurrency: inFlight.http });
  },
} satisfies Record<SinkKind, () => Job | Promise<Job>>;

const job = await jobs[kind as SinkKind]();
process.stdout.write("opening\n");
await job.run({ resume: true });
process.exit();
