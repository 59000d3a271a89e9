import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { number, range, table, text } from "../../../test/support/tables.ts";
import { prepareTable, type PrepareOptions } from "./prepare.ts";
import type { RawColumn } from "./raw-table.ts";
import { reportLines } from "./report.ts";

describe("missing values", () => {
  const holes = table(
    number("a", [1, null, 3, 4, 5, 6]),
    text("b", ["u", "v", null, "u", "v", "u"]),
    text("y", ["p", "q", "p", null, "q", "p"]),
  );

  it("drop a row, or are refused by row and column", () => {
    const { report } = prepareTable(holes, { target: "y", missing: "drop", split: 0 });
    expect(report).toMatchObject({ rows: 6, training: 3, dropped: { target: 1, features: 2 } });
    expect(() => prepareTable(holes, { target: "y", missing: "refuse", split: 0 })).toThrow(
      't.csv, row 2: column "a" has no value; fill it in, or give missing "impute" or "drop"',
    );
  });

  it("in the target leave the row out", () => {
    const { training, report } = prepareTable(holes, { target: "y", split: 0 });
    expect(training.size).toBe(5);
    expect(report.dropped).toEqual({ target: 1, features: 0 });
    expect(reportLines(report).join("\n")).toContain("1 rows dropped (1 without a target");
  });

  it("everywhere leave the column out, or nothing to learn from", () => {
    const empty = number("a", [null, null, null, null]);
    const y = text("y", ["p", "q", "p", "q"]);
    const { report } = prepareTable(table(empty, number("b", [1, 2, 3, 4]), y), {
      target: "y",
      split: 0,
    });
    expect(report.leftOut).toEqual([
      { column: "a", reason: "it has no value in the training part" },
    ]);
    expect(() => prepareTable(table(empty, y), { target: "y", split: 0 })).toThrow(
      /has no column to learn from/,
    );
    expect(() => prepareTable(table(empty, y), { target: "y", missing: "drop", split: 0 })).toThrow(
      /missing value in every row/,
    );
    expect(() =>
      prepareTable(table(y, number("z", [null, null, null, null])), { target: "z", split: 0 }),
    ).toThrow(/no row with a value of the target/);
  });
});

describe("the task", () => {
  const x = number(
    "x",
    range(100).map((i) => i * 0.1),
  );
  const taskOf = (target: RawColumn, options: Partial<PrepareOptions> = {}) =>
    prepareTable(table(x, { ...target, name: "y" }), { target: "y", split: 0, ...options });

  it("follows from the target", () => {
    expect(
      taskOf(
        text(
          "y",
          range(100).map((i) => `c${i % 3}`),
        ),
      ).report.task,
    ).toBe("classification");
    expect(
      taskOf(
        text(
          "y",
          range(100).map((i) => String(i % 2 === 0)),
          "boolean",
        ),
      ).training.classes,
    ).toEqual(["false", "true"]);
    const few = taskOf(
      number(
        "y",
        range(100).map((i) => [10, 9, -1][i % 3]!),
      ),
    );
    expect(few.training.classes).toEqual(["-1", "9", "10"]);
    expect(few.report.taskReason).toBe("the column holds 3 different whole numbers");
    expect(taskOf(number("y", range(100))).report.task).toBe("regression");
    expect(
      taskOf(
        number(
          "y",
          range(100).map((i) => (i % 3) + 0.5),
        ),
      ).report.task,
    ).toBe("regression");
    expect(
      taskOf(
        number(
          "y",
          range(100).map((i) => i % 3),
        ),
        { task: "regression" },
      ).training.y.shape,
    ).toEqual([1]);
  });

  it("is refused where there is nothing to learn", () => {
    expect(() =>
      taskOf(
        text(
          "y",
          range(100).map(() => "a"),
        ),
      ),
    ).toThrow('t.csv: target column "y" holds one class only, "a"');
    expect(() =>
      taskOf(
        number(
          "y",
          range(100).map(() => 2),
        ),
        { task: "regression" },
      ),
    ).toThrow(/is 2 in every row to train on; there is nothing to learn/);
    expect(() => taskOf(text("y", range(100).map(String)), { task: "regression" })).toThrow(
      /regression needs numbers/,
    );
    expect(() =>
      taskOf(
        number(
          "y",
          range(100).map((i) => 2 ** 60 + 512 * (i % 2)),
        ),
        { task: "classification" },
      ),
    ).toThrow(/row 1: .* beyond 2\^53/);
  });
});

describe("nonsense", () => {
  const y = number(
    "y",
    range(100).map((i) => i % 2),
  );

  it("is refused: numbers with a few texts among them, decimal commas, infinity, overflow", () => {
    const dirty = text(
      "a",
      range(100).map((i) => (i === 41 ? "unknown" : String(i))),
    );
    expect(() => prepareTable(table(dirty, y), { target: "y", split: 0 })).toThrow(
      't.csv: column "a" holds numbers, but also "unknown" (first in row 42)',
    );
    expect(
      prepareTable(table(dirty, y), { target: "y", split: 0, categories: ["a"] }).report.inputs,
    ).toBe(33);
    const comma = text(
      "a",
      range(100).map((i) => `${i},5`),
    );
    expect(() => prepareTable(table(comma, y), { target: "y", split: 0 })).toThrow(
      /numbers with a comma such as/,
    );
    // 3 is whole: it has no comma, and the column still holds numbers.
    const some = text(
      "a",
      range(100).map((i) => (i % 2 === 0 ? `${i},5` : `${i}`)),
    );
    expect(() => prepareTable(table(some, y), { target: "y", split: 0 })).toThrow(
      /numbers with a comma such as "\d+,5"/,
    );
    const answers = text(
      "a",
      range(100).map((i) => (i % 10 === 0 ? "1,2" : `${i % 5}`)),
    );
    expect(prepareTable(table(answers, y), { target: "y", split: 0 }).report.inputs).toBe(6);
    const infinite = number(
      "a",
      range(100).map((i) => (i === 7 ? Infinity : i)),
    );
    expect(() => prepareTable(table(infinite, y), { target: "y", split: 0 })).toThrow(
      /^t\.csv, row 8: column "a" is infinite/,
    );
    const large = number(
      "a",
      range(100).map((i) => (i % 2 === 0 ? 1e300 : -1e300)),
    );
    expect(() => prepareTable(table(large, y), { target: "y", split: 0 })).toThrow(
      /too large to standardise/,
    );
  });

  it("is pointed out: columns that count the rows, or never change", () => {
    const { report } = prepareTable(
      table(
        number(
          "id",
          range(100).map((i) => i + 1),
        ),
        number(
          "c",
          range(100).map(() => 3),
        ),
        y,
      ),
      { target: "y", split: 0 },
    );
    expect(report).toMatchObject({ counters: ["id"], constant: ["c"] });
  });

  it("of names is refused", () => {
    const one = table(y, number("x", range(100)));
    expect(() => prepareTable(one, { target: "z" })).toThrow(
      't.csv has no target column "z"; its columns are "y", "x"',
    );
    expect(() => prepareTable(one, { target: "y", features: ["y"] })).toThrow(
      /must not name the target/,
    );
    expect(() => prepareTable(one, { target: "y", drop: ["w"] })).toThrow(/no column to drop "w"/);
    expect(() => prepareTable(one, { target: "y", drop: ["x"] })).toThrow(
      /no column to learn from/,
    );
  });
});

describe("splits", () => {
  const rows = 200;
  const x = number("x", range(rows));
  const g = text(
    "g",
    range(rows).map((i) => `g${(i * 7) % 23}`),
  );
  const y = text(
    "y",
    range(rows).map((i) => (i % 10 === 0 ? "rare" : "often")),
  );

  it("keep groups together", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.1, max: 0.6, noNaN: true }), (seed, split) => {
        const { training, validation } = prepareTable(table(x, g, y), {
          target: "y",
          groups: "g",
          features: ["x"],
          split,
          seed,
          dtype: "float64",
          task: "classification",
        });
        expect(training.size + validation!.size).toBe(rows);
        // A group has 8 or 9 rows: the nearest number of whole groups is at most half of one away.
        expect(Math.abs(validation!.size - rows * split)).toBeLessThan(10);
      }),
      { numRuns: 40 },
    );
  });

  it("put no group into both parts", () => {
    const id = number("id", range(rows));
    const { preprocessing, validation } = prepareTable(table(id, g, y), {
      target: "y",
      groups: "g",
      seed: 3,
      dtype: "float64",
    });
    const [feature] = preprocessing.features;
    const { mean, scale } = feature as { readonly mean: number; readonly scale: number };
    const apart = new Set(
      Array.from(validation!.x.data, (value) => Math.round(value * scale + mean)),
    );
    const groups = new Set([...apart].map((row) => (row * 7) % 23));
    for (const row of range(rows)) expect(apart.has(row)).toBe(groups.has((row * 7) % 23));
  });

  it("keep proportions, by the classes or by a column", () => {
    const { validation } = prepareTable(table(x, y), { target: "y", split: 0.25, seed: 5 });
    expect([...validation!.y.data].filter((label) => label === 1)).toHaveLength(5);
    const byGroup = prepareTable(table(x, g, y), {
      target: "x",
      stratify: "y",
      split: 0.1,
      features: ["y"],
    });
    expect(byGroup.validation!.size).toBe(20);
    expect(
      [...byGroup.validation!.x.data].filter((value, i) => i % 2 === 1 && value === 1),
    ).toHaveLength(2);
    expect(() => prepareTable(table(x, g, y), { target: "y", groups: "g", stratify: "y" })).toThrow(
      /not both/,
    );
  });

  it("follow a column, and refuse another word in it", () => {
    const part = text(
      "part",
      range(rows).map((i) => (i < 150 ? "Train" : "TEST")),
    );
    const { training, validation } = prepareTable(table(x, y, part), {
      target: "y",
      split: { column: "part" },
    });
    expect([training.size, validation!.size, training.x.shape]).toEqual([150, 50, [1]]);
    const odd = text(
      "part",
      range(rows).map((i) => (i === 4 ? "maybe" : "train")),
    );
    expect(() =>
      prepareTable(table(x, y, odd), { target: "y", split: { column: "part" } }),
    ).toThrow(/^t\.csv, row 5: .* got "maybe"/);
  });

  it("depend on the seed alone", () => {
    const at = (seed: number) =>
      prepareTable(table(x, y), { target: "y", seed }).validation!.x.data;
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });
});
