/**
 * Enrich a CSV file through an API: read people from `people.csv`, look each up, write `enriched.csv`. The API allows 200 requests a second
 * and says "429, come back later" to more; one line of the file is broken. The job keeps to the rate, tries again what was refused, and sets
 * aside what stays wrong, with the reason.
 *
 *   npx overlap run examples/21-enrich-csv.ts
 */
import { once } from "node:events";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@overlap/http";
import { csv, csvFile, pipeline } from "@overlap/pipeline";

interface Person {
  readonly name: string;
  readonly email: string;
}

export default async function enrichPeople(resources: AsyncDisposableStack) {
  const api = await startApi(resources);
  const folder = resources.use(await mkdtempDisposable(join(tmpdir(), "overlap-enrich-"))).path;
  await writeFile(join(folder, "people.csv"), peopleCsv(120));
  resources.defer(() => show(folder));

  const session = resources.use(new Session({ limit: 20, timeoutMs: 5_000 }));

  async function lookUp(person: Person): Promise<object> {
    const response = await session.get(`${api}/people`, { query: { email: person.email } });
    if (!response.ok) throw new ApiError(response.status, Number(response.headers["retry-after"] ?? 0));
    return { ...person, ...((await response.json()) as object) };
  }

  return pipeline(csv<Person>(join(folder, "people.csv")), { key: ({ email }) => email })
    .io("look up", lookUp, {
      concurrency: 20,
      rate: { perSecond: 200 },
      retry: { attempts: 5, retryIf: (error) => error instanceof ApiError && error.status === 429 },
    })
    .batch({ items: 50, withinMs: 200 })
    .to(csvFile(join(folder, "enriched.csv")), { deadLetter: join(folder, "failed.ndjson") });
}

/** An error with `retryAfterMs` is tried again after that time, and not before. */
class ApiError extends Error {
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(status: number, retryAfterSeconds: number) {
    super(`the API answered ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterSeconds * 1_000;
  }
}

/** An API that refuses each tenth request once, and knows nothing of the seventh person. */
async function startApi(resources: AsyncDisposableStack): Promise<string> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    const email = new URL(request.url ?? "", "http://api").searchParams.get("email") ?? "";
    const busy = seen.size % 10 === 9 && !seen.has(email);
    seen.add(email);
    response.statusCode = busy ? 429 : email.startsWith("person7@") ? 404 : 200;
    if (busy) response.setHeader("retry-after", "0");
    response.end(JSON.stringify({ city: ["Oslo", "Turin", "Kyoto"][email.length % 3] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  resources.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function peopleCsv(count: number): string {
  const people = Array.from({ length: count }, (_, i) => `Person ${i},person${i}@example.org\n`);
  return `name,email\n${people.toSpliced(40, 0, "a line without an address\n").join("")}`;
}

/** Before the folder is removed. */
async function show(folder: string): Promise<void> {
  const rows = (await readFile(join(folder, "enriched.csv"), "utf8")).trimEnd().split("\n");
  console.log(`${rows.length - 1} people in enriched.csv:\n${rows.slice(0, 3).join("\n")}\n…`);
  const letters = (await readFile(join(folder, "failed.ndjson"), "utf8")).trimEnd().split("\n");
  for (const { stage, error } of letters.map((line) => JSON.parse(line) as DeadLetter))
    console.log(`set aside (${stage}): ${error.message}`);
}

interface DeadLetter {
  readonly stage: string;
  readonly error: { readonly message: string };
}

if (import.meta.main) {
  await using resources = new AsyncDisposableStack();
  const job = await enrichPeople(resources);
  const { delivered, rejected, retries } = await job.run();
  console.log(`${delivered} delivered, ${rejected} set aside, ${retries > 0 ? "some" : "none"} tried again`);
}
