/**
 * Copy an API page by page into a SQLite table, and go on where it was after an interruption: the journal lies in the same file as the rows
 * and is written in the same transactions, so every row is there exactly once.
 *
 *   npx overlap run examples/22-api-to-sqlite.ts
 */
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Session } from "@overlap/http";
import { type Job, pipeline, range, sqliteTable } from "@overlap/pipeline";

const pages = 30;
const perPage = 100;

interface Product {
  readonly id: number;
  readonly name: string;
  readonly cents: number;
}

/** The copy; `file` is where the table is. */
export function copyProducts(api: string, file: string, session: Session): Job {
  async function fetchPage(page: number): Promise<Product[]> {
    const response = await session.get(`${api}/products`, { query: { page } });
    if (!response.ok) throw new Error(`page ${page}: status ${response.status}`);
    return (await response.json()) as Product[];
  }

  return pipeline(range(1, pages + 1))
    .io("page", fetchPage, { concurrency: 8, retry: { attempts: 4 } })
    .flatMap((products) => products.map(({ id, name, cents }) => ({ id, name, price: cents / 100 })))
    .batch({ items: 500, withinMs: 100 })
    .to(sqliteTable(file, "products", { key: "id" }), { journal: "in-sink" });
}

export default async function job(resources: AsyncDisposableStack): Promise<Job> {
  const folder = resources.use(await mkdtempDisposable(join(tmpdir(), "overlap-copy-"))).path;
  const session = resources.use(new Session({ limit: 8 }));
  return copyProducts(await startApi(resources), join(folder, "products.db"), session);
}

/** Each page takes 20 ms; the fifth fails the first time. */
async function startApi(resources: AsyncDisposableStack): Promise<string> {
  let failed = false;
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? "", "http://api").searchParams.get("page"));
    if (page === 5 && !failed) {
      failed = true;
      response.statusCode = 503;
      response.end();
      return;
    }
    const products = Array.from({ length: perPage }, (_, i) => product((page - 1) * perPage + i + 1));
    setTimeout(() => response.end(JSON.stringify(products)), 20);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  resources.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function product(id: number): Product {
  return { id, name: `product ${id}`, cents: (id * 37) % 1_000 };
}

function rowsIn(file: string): unknown {
  using db = new DatabaseSync(file);
  const counts = db.prepare("SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM products").get();
  return { ...counts };
}

async function main(): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const file = join(
    resources.use(await mkdtempDisposable(join(tmpdir(), "overlap-copy-"))).path,
    "products.db",
  );
  const session = resources.use(new Session({ limit: 8 }));
  const api = await startApi(resources);

  const first = await copyProducts(api, file, session).run({ maxItems: 12 }); // as if it had been interrupted
  console.log(`${first.delivered} pages copied:`, rowsIn(file));
  const second = await copyProducts(api, file, session).run({ resume: true });
  console.log(`${second.delivered} more, ${second.skipped} were there already:`, rowsIn(file));
}

if (import.meta.main) await main();
