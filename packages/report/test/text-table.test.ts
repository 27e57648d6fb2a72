import { type Column, formatMs, formatRatio, textTable } from "@overlap/report";
import { expect, test } from "vitest";

interface Row {
  readonly name: string;
  readonly wallMs?: number;
  readonly items?: number;
  readonly verified?: boolean;
}

const columns: readonly Column<Row>[] = [
  { header: "strategy", value: (row) => row.name },
  { header: "items", value: (row) => row.items },
  { header: "wall", value: (row) => row.wallMs, format: formatMs },
  { header: "verified", value: (row) => row.verified },
];

test("stands numbers at the right and text at the left", () => {
  const rows = [
    { name: "serial", items: 40, wallMs: 4_712.3, verified: true },
    { name: "overlap", items: 12_000, wallMs: 999.2, verified: false },
  ];
  expect(textTable(columns, rows)).toBe(
    [
      "strategy   items    wall  verified",
      "────────  ──────  ──────  ────────",
      "serial        40  4.71 s  yes",
      "overlap   12,000  999 ms  no",
    ].join("\n"),
  );
});

test("shows what is missing as a dash, in a column that stays numeric", () => {
  const rows = [{ name: "no-io", items: 5 }, { name: "serial" }];
  expect(textTable(columns, rows).split("\n")).toEqual([
    "strategy  items  wall  verified",
    "────────  ─────  ────  ────────",
    "no-io         5  –     –",
    "serial        –  –     –",
  ]);
});

test("is a header and a rule when there are no rows", () => {
  expect(textTable(columns.slice(0, 1), [])).toBe("strategy\n────────");
});

test("counts wide and combined characters as a terminal does", () => {
  const rows = [
    { name: "日本語", items: 1 },
    { name: "e\u0301t\u00e9", items: 22 },
    { name: "👩‍🚀", items: 333 },
  ];
  expect(textTable(columns.slice(0, 2), rows).split("\n").slice(2)).toEqual([
    "日本語        1",
    "e\u0301t\u00e9          22",
    "👩‍🚀          333",
  ]);
});

test("lets no name move the cursor, change colours or break the line", () => {
  const table = textTable(columns.slice(0, 1), [{ name: "\u001b[31mred\u0007\r\nnext\u009b2J" }]);
  expect(table.split("\n")).toHaveLength(3);
  expect(table.split("\n")[2]).toBe("�[31mred���next�2J");
});

test.each([
  [0, "0.00 ms"],
  [0.0421, "0.042 ms"],
  [1.256, "1.26 ms"],
  [15.53, "15.5 ms"],
  [99.97, "100 ms"],
  [999.4, "999 ms"],
  [999.6, "1.00 s"],
  [12_345, "12.3 s"],
  [99_960, "1 min 40 s"],
  [604_000, "10 min 4 s"],
])("writes %f ms as %s", (timeMs, text) => {
  expect(formatMs(timeMs)).toBe(text);
});

test("writes ratios with three digits", () => {
  expect([1.0312, 12.61, 107.4, 0.4567].map(formatRatio)).toEqual(["1.03 ×", "12.6 ×", "107 ×", "0.457 ×"]);
});
