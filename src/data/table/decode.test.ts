import { expect, it } from "vitest";
import { number, table, text } from "../../../test/support/tables.ts";
import { decodeInputs } from "./decode.ts";
import { prepareTable } from "./prepare.ts";

const day = Date.UTC(2024, 1, 29) / 86_400_000;
const days = {
  ...number("day", [day, day + 1, day + 30, day + 7, day, day]),
  type: "date" as const,
};
const ages = [23, null, 41.5, 1e6, 0, 35];
const cities = ["Rome", "Paris", null, "Rome", "Paris", "Rome"];
const whole = table(
  number("age", ages),
  text("city", cities),
  days,
  number("price", [1, 2, 3, 4, 5, 6]),
);

it("gives back what the columns had: numbers to six digits, days, categories, and what was missing", () => {
  const { training, preprocessing } = prepareTable(whole, { target: "price", split: 0 });
  const { x, size } = training;
  const width = x.data.length / size;
  const rows = Array.from({ length: size }, (_, row) =>
    decodeInputs(preprocessing, x.data.subarray(row * width, (row + 1) * width)),
  );
  expect(rows.map(([age]) => age)).toEqual(
    ages.map((value) => ({ column: "age", value, missing: value === null })),
  );
  expect(rows.map(([, city]) => city)).toEqual(
    cities.map((value) => ({ column: "city", value, missing: value === null })),
  );
  expect(rows[0]?.[2]).toEqual({ column: "day", value: "2024-02-29", missing: false });
  expect(rows[2]?.[2]).toEqual({ column: "day", value: "2024-03-30", missing: false });
});

it("knows no value for a category without an input", () => {
  const feature = { kind: "category", column: "city", type: "text", fill: "Rome" } as const;
  const features = [{ ...feature, levels: ["Paris", "Rome"], other: true, indicator: false }];
  expect(decodeInputs({ features }, [0, 0, 1])).toEqual([
    { column: "city", value: null, missing: false },
  ]);
});
