import { expect, it } from "vitest";
import { preparationText } from "./preparation.ts";

const column = (name: string, rows: number) => ({ column: name, rows, value: "0" });

it("says how many rows were dropped and how many values imputed", () => {
  const preparation = {
    rows: 1309,
    dropped: { target: 2, features: 5 },
    imputed: [column("age", 263), column("fare", 1)],
  };
  expect(preparationText("en", preparation)).toBe(
    "1,309 rows read, 7 dropped, 264 missing values imputed. Dropped: 2 without a target, 5 with another missing value. Imputed: 263 in age and 1 in fare.",
  );
  expect(preparationText("zh", preparation)).toBe(
    "读入 1,309 行，丢弃 7 行，填补缺失值 264 个。丢弃：2 行没有目标值，5 行有其他缺失值。填补：age 263 个和 fare 1 个。",
  );
});

it("says so where nothing was done", () => {
  const preparation = { rows: 150, dropped: { target: 0, features: 0 }, imputed: [] };
  expect(preparationText("en", preparation)).toBe(
    "150 rows read, 0 dropped, 0 missing values imputed.",
  );
});

it("names some columns and counts the rest", () => {
  const imputed = Array.from({ length: 20 }, (_, i) => column(`c${i}`, 1));
  const text = preparationText("en", { rows: 9, dropped: { target: 0, features: 0 }, imputed });
  expect(text).toContain("1 in c7 and 12 more columns.");
});
