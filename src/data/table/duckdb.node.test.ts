import { expect, it, vi } from "vitest";
import { DataError, RuntimeError } from "../../errors.ts";
import { readingError } from "./duckdb.node.ts";
import { readTable } from "./read-table.node.ts";

it("says what to install when DuckDB is not there", async () => {
  vi.doMock("@duckdb/node-api", () => {
    throw new Error("Cannot find package");
  });
  const error: unknown = await readTable("a.csv", { target: "y" }).catch((e: unknown) => e);
  vi.doUnmock("@duckdb/node-api");
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toContain('install it with "npm install @duckdb/node-api"');
});

it("makes one line of what DuckDB says", () => {
  const text = "Binder Error: no such thing\nCandidates: a, b\n\nLINE 1: SELECT";
  expect(readingError(new Error(text), "a.csv").message).toBe("a.csv: no such thing");
  const own = new DataError("a.csv: told before");
  expect(readingError(own, "a.csv")).toBe(own);
});
