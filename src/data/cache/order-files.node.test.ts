import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { orderFiles, type OrderFile } from "./order-files.node.ts";
import { readScratch } from "./scratch.node.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-orders-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const numbers = ({ file }: OrderFile, length: number): number[] => {
  const read = new Int32Array(length);
  readScratch(file, new Uint8Array(read.buffer), 0);
  return [...read];
};

it("orders stay until they are given up and nobody reads them, and their files are used again", async () => {
  const orders = orderFiles(join(folder, "a"));
  const first = orders.put(Int32Array.of(9, 3, 1, 2).subarray(1))!;
  const second = orders.put(Int32Array.of(4, 5))!;
  expect(readdirSync(folder)).toEqual([]);
  let end: () => void = () => undefined;
  const work = first.during(new Promise<void>((resolve) => (end = resolve)));
  const failed = first.during(Promise.reject(new Error("a fault")));
  await expect(failed).rejects.toThrow("a fault");
  first.free();
  const third = orders.put(Int32Array.of(6))!;
  expect([third.file, second.file]).not.toContain(first.file);
  expect(numbers(first, 3)).toEqual([3, 1, 2]);
  end();
  await work;
  expect(orders.put(Int32Array.of(7, 8))!.file).toBe(first.file);
  expect([numbers(first, 2), numbers(second, 2), numbers(third, 1)]).toEqual([[7, 8], [4, 5], [6]]);
  third.free();
  expect(orders.put(Int32Array.of(0))!.file).toBe(third.file);
  orders.close();
  expect(orders.put(Int32Array.of(1))).toBeUndefined();
});

it("where there can be no file, it says so and does not try again", () => {
  const orders = orderFiles(join(folder, "not-there", "a"));
  expect(orders.put(Int32Array.of(1))).toBeUndefined();
  expect(orders.put(Int32Array.of(1))).toBeUndefined();
  orders.close();
});
