import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { number, range, table, text } from "../../../test/support/tables.ts";
import { applyPreprocessing } from "./apply.ts";
import { prepareTable, type PrepareOptions } from "./prepare.ts";
import { featureNames, targetUnits, type Preprocessing } from "./preprocessing.ts";
import type { NumberColumn } from "./raw-table.ts";

describe("preprocessing", () => {
  const fixture = JSON.parse(
    readFileSync(new URL("../../../test/fixtures/preprocessing.json", import.meta.url), "utf8"),
  ) as {
    readonly fitted: number;
    readonly number: readonly (number | null)[];
    readonly large: readonly number[];
    readonly category: readonly (string | null)[];
    readonly categoryNames: readonly string[];
    readonly numberOut: readonly (readonly number[])[];
    readonly largeOut: readonly (readonly number[])[];
    readonly categoryOut: readonly (readonly number[])[];
    readonly mergedOut: readonly (readonly number[])[];
  };
  const rows = fixture.number.length;
  const whole = table(
    number("number", fixture.number),
    number("large", fixture.large),
    text("category", fixture.category),
    number(
      "y",
      range(rows).map((i) => i + 0.5),
    ),
    text(
      "part",
      range(rows).map((i) => (i < fixture.fitted ? "train" : "test")),
    ),
  );
  const options: PrepareOptions = { target: "y", split: { column: "part" }, dtype: "float64" };

  const columnsOf = (preprocessing: Preprocessing, start: string): readonly number[][] => {
    const { x, rows: kept } = applyPreprocessing(whole, preprocessing, { dtype: "float64" });
    const names = featureNames(preprocessing);
    const wanted = names.flatMap((name, i) =>
      name.startsWith(start) && !name.endsWith("missing") ? [i] : [],
    );
    return [...kept].map((row) => wanted.map((i) => x.data[row * names.length + i]!));
  };
  const close = (
    got: readonly (readonly number[])[],
    wanted: readonly (readonly number[])[],
  ): void => {
    got.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(wanted[i]![j]!, 7);
      });
      expect(row).toHaveLength(wanted[i]!.length);
    });
    expect(got).toHaveLength(wanted.length);
  };

  it("is that of scikit-learn: SimpleImputer, StandardScaler, OneHotEncoder", () => {
    const { preprocessing, training } = prepareTable(whole, options);
    close(columnsOf(preprocessing, "number"), fixture.numberOut);
    close(columnsOf(preprocessing, "large"), fixture.largeOut);
    close(columnsOf(preprocessing, "category"), fixture.categoryOut);
    const category = preprocessing.features.find(({ column }) => column === "category");
    expect(category).toMatchObject({ levels: fixture.categoryNames });
    expect(training.size).toBe(fixture.fitted);
  });

  it("merges rare categories as OneHotEncoder does", () => {
    const { preprocessing, report } = prepareTable(whole, { ...options, categoryLimit: 2 });
    close(columnsOf(preprocessing, "category"), fixture.mergedOut);
    expect(report.merged).toMatchObject([{ column: "category", kept: 2, merged: 3 }]);
  });

  it("says where values were missing", () => {
    const { preprocessing, report } = prepareTable(whole, options);
    const names = featureNames(preprocessing);
    const at = names.indexOf("number missing");
    const { x } = applyPreprocessing(whole, preprocessing);
    const flagged = range(rows).filter((row) => x.data[row * names.length + at] === 1);
    expect(flagged).toEqual(range(rows).filter((row) => fixture.number[row] === null));
    expect(report.imputed.map(({ column, rows: n }) => [column, n])).toEqual([
      ["number", 3],
      ["category", 2],
    ]);
  });

  it("survives JSON, and gives the same numbers to the same rows alone", () => {
    const { preprocessing } = prepareTable(whole, options);
    const again = JSON.parse(JSON.stringify(preprocessing)) as Preprocessing;
    expect(again).toEqual(preprocessing);
    const all = applyPreprocessing(whole, preprocessing).x.data;
    const width = featureNames(preprocessing).length;
    for (const row of [0, 3, 39]) {
      const one = applyPreprocessing(whole, again, { rows: [row] });
      expect(one.x.data).toEqual(all.slice(row * width, (row + 1) * width));
    }
  });

  it("is not moved by the rows to validate on", () => {
    const changed = table(
      ...whole.columns.map((column) =>
        column.name === "number"
          ? {
              ...column,
              values: (column as NumberColumn).values.map((v, i) => (i < fixture.fitted ? v : 1e6)),
            }
          : column,
      ),
    );
    expect(prepareTable(changed, options).preprocessing).toEqual(
      prepareTable(whole, options).preprocessing,
    );
  });

  it("gives a regression its units back", () => {
    const { preprocessing, training } = prepareTable(whole, options);
    const back = targetUnits(training.y.data as Float64Array, preprocessing);
    back.forEach((value, i) => {
      expect(value).toBeCloseTo(i + 0.5, 10);
    });
    const plain = prepareTable(whole, { ...options, standardizeTarget: false });
    expect(plain.training.y.data[3]).toBe(3.5);
  });
});
