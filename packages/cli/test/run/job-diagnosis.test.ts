import { availableParallelism } from "node:os";
import type { StageDeclaration } from "@overlap/pipeline";
import { type SpanKind, Trace } from "@overlap/trace";
import { describe, expect, it } from "vitest";
import { diagnoseJob } from "../../src/run/job-diagnosis.ts";
import type { EndedRun } from "../../src/run/job-run.ts";

const cores = availableParallelism();
const wallMs = 1_000;

/** Spans of one lane: so many, one after the other over the whole run, on so many rows. */
interface Lane {
  readonly lane: string;
  readonly kind: SpanKind;
  readonly rows: number;
  readonly share?: number;
}

/** A run of a hundred items and a second. */
function ended(declared: StageDeclaration[], lanes: Lane[], more: Partial<EndedRun> = {}): EndedRun {
  const trace = new Trace({ now: () => 0 });
  for (const { lane, kind, rows, share = 1 } of lanes)
    for (let row = 0; row < rows; row++) trace.span(lane, kind, "", 0, wallMs * share);
  const counts = { items: 100, delivered: 100, dropped: 0, rejected: 0, failed: 0, skipped: 0, retries: 0 };
  const flights = { started: 0, ended: 0, peak: 0, meanInFlight: 0, idleInFlightMs: 900 };
  const times = { startMs: 0, wallMs, activeMs: 100, idleMs: 900, mainCpuMs: 90, processCpuMs: 100, flights };
  return {
    ...counts,
    wallMs,
    stages: [],
    ended: "source",
    declared,
    keepsJournal: false,
    trace,
    times,
    ...more,
  };
}

const fetching: StageDeclaration = { name: "fetch", kind: "io", limit: 10 };
const hashing = (limit: number): StageDeclaration => ({ name: "hash", kind: "cpu", limit });
const saving: StageDeclaration = { name: "save", kind: "sink", limit: 1 };

describe("the diagnosis of a job", () => {
  it("names the stage whose limit is full, and not the one with the lowest limit", () => {
    const { headline } = diagnoseJob(
      ended(
        [fetching, saving],
        [
          { lane: "fetch", kind: "io", rows: 10 },
          { lane: "save", kind: "sink", rows: 1, share: 0.05 },
        ],
      ),
    );
    expect(headline).toMatch(/^Stage "fetch": I\/O-bound: .* raise concurrency from 10 to about/);
  });

  it("counts a call once that had to wait for its turn", () => {
    const { headline } = diagnoseJob(
      ended(
        [fetching],
        [
          { lane: "fetch", kind: "queue", rows: 10 },
          { lane: "fetch", kind: "io", rows: 3 },
        ],
      ),
    );
    expect(headline).toContain('the fullest, "fetch", had 3.0 of 10 in use');
  });

  it.runIf(cores > 1)("says how many threads would help where they are what is full", () => {
    const { rule, headline } = diagnoseJob(
      ended([hashing(1), saving], [{ lane: "hash", kind: "cpu", rows: 1 }]),
    );
    expect(rule).toBe("thread-bound");
    expect(headline).toContain(
      `Stage "hash": Thread-bound: its one thread computed 100 % of the time; run ${cores} threads`,
    );
  });

  it("says that only cores help where there is a thread for each", () => {
    const { rule, headline } = diagnoseJob(
      ended([hashing(cores), saving], [{ lane: "hash", kind: "cpu", rows: cores }]),
    );
    expect(rule).toBe("cores-full");
    expect(headline).toContain("cheaper work per item will help");
  });

  it("blames the journal's commits where the loop stood still and a journal is kept", () => {
    const run = ended([fetching], [{ lane: "fetch", kind: "io", rows: 10 }], { keepsJournal: true });
    const times = { ...run.times, activeMs: 700, coreWaitMs: 10 };
    expect(diagnoseJob({ ...run, times }).headline).toBe(
      "Blocked: the event loop stood still for 600 ms, the commits of the journal among it; larger batches before the sink make fewer of them.",
    );
  });

  it("scales up what a sample of the spans says", () => {
    const trace = new Trace({ now: () => 0, limit: 100 });
    for (let i = 0; i < 1_000; i++) trace.span("fetch", "io", "", 0, 10);
    const { why } = diagnoseJob(ended([fetching], [], { trace }));
    expect(why).toContain("10.0 of at most 10");
  });

  it("concludes nothing from empty stages where other programs had the cores", () => {
    const run = ended([fetching], [{ lane: "fetch", kind: "io", rows: 1 }]);
    const times = { ...run.times, activeMs: 390, coreWaitMs: 300 };
    expect(diagnoseJob({ ...run, times })).toMatchObject({
      rule: "not-conclusive",
      headline: expect.stringContaining("30 % of the time other programs had the cores"),
    });
  });

  it("has nothing to say about a run that did nothing", () => {
    expect(diagnoseJob(ended([fetching], [], { delivered: 0 })).headline).toContain("Nothing to judge");
  });
});
