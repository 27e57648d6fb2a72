import { Session } from "@overlap/http";
import { Account } from "./http-soak/account.ts";
import { Random } from "./http-soak/random.ts";
import { sendOne } from "./http-soak/requests.ts";
import { Resources } from "./http-soak/resources.ts";
import { startFaultServer } from "./http-soak/server.ts";

const requestsPerRound = 500;
const outstanding = 200;
/** Fewer say nothing about the heap. */
const fewestRounds = 6;

/**
 * Sends requests to good, slow, stalled and faulty hosts, cancels some of them, and throws when an outcome is not the one that it has
 * to be, a socket leaks or the heap grows: `npm run bench -- http-soak --seconds 600`.
 */
export async function bench({ seconds = "5" }: { readonly seconds?: string }): Promise<void> {
  const endMs = performance.now() + 1_000 * Number(seconds);
  const random = new Random(Date.now() % 2 ** 31);
  console.log(`seed ${random.seed}`);
  const server = await startFaultServer();
  const session = new Session({ limit: 50, perHost: 8, timeoutMs: 5_000, maxBodyBytes: 1_000_000 });
  const resources = new Resources();
  try {
    for (let round = 0; round < fewestRounds || performance.now() < endMs; round++) {
      const account = await runRound(session, server.port, random);
      account.conclude(session);
      console.log(`${account.describe()}  ${await resources.sample(server)}`);
    }
    await session.close();
    await resources.conclude(server);
  } finally {
    await session[Symbol.asyncDispose]();
    server.end();
  }
}

async function runRound(session: Session, port: number, random: Random): Promise<Account> {
  const account = new Account();
  const sendMany = async () => {
    while (account.begin(requestsPerRound)) account.end(await sendOne(session, port, random));
  };
  await Promise.all(Array.from({ length: outstanding }, sendMany));
  return account;
}
