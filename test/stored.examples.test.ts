/** Arrays, images and blocks on disk are those in memory. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/data/dataset.ts";
import { InputError } from "../src/errors.ts";
import {
  arraysDataset,
  loadFile,
  openStored,
  readArrayFile,
  storeBlocks,
} from "../src/files.node.ts";
import { fromArrays, take } from "../src/index.ts";
import { testFolder } from "./support/files.ts";
import { inMemory } from "./support/stored-tables.ts";
import { bothParts, rowsOf } from "./support/stored-examples.ts";
import { npy } from "./support/npy.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const cacheFolder = join(folder, "cache");
const store = { memory: 2 ** 18, cacheFolder };

/** Too little memory is refused before anything is cached, and what the refusal asks for is enough. */
async function refusedEarly(path: string, options: { readonly target?: string }): Promise<void> {
  const phases: string[] = [];
  const open = (memory: number) =>
    openStored(path, {
      ...{ ...options, ...store, memory },
      onProgress: ({ phase }) => phases.push(phase),
    });
  const message = await open(100).then(String, String);
  expect(message).toMatch(
    /memory of 100 bytes is too little for \d+ examples of \d+ bytes; give at/,
  );
  expect(phases).toEqual([]);
  await open(Number(/at least (\d+)/.exec(message)![1]));
  expect(phases).toContain("writing");
}

describe(".npy files", () => {
  it("of bytes are scaled where one is above 1, wherever it is among more than a million", async () => {
    const width = 2 ** 18;
    const target = write(
      "y.npy",
      npy(
        "<i4",
        [9],
        Int32Array.from({ length: 9 }, (_, i) => i % 2),
      ),
    );
    for (const place of [0, 5 * width, 9 * width - 1, undefined]) {
      const bytes = new Uint8Array(9 * width).fill(1);
      if (place !== undefined) bytes[place] = 2;
      const path = write("x.npy", npy("|u1", [9, width], bytes));
      const options = { target, split: 0.3, memory: 2 ** 25, cacheFolder };
      const { training } = await openStored(path, options);
      expect(training.x.scale).toBe(place === undefined ? undefined : 1 / 255);
    }
  });

  const N = 301;
  const values = range(N * 6).map((i) => (i * 31) % 256);
  const inputs: readonly (readonly [string, ArrayBufferView])[] = [
    ["|u1", Uint8Array.from(values)],
    ["|b1", Uint8Array.from(values, (value) => value % 2)],
    ["<f4", Float32Array.from(values, (value) => value / 7)],
    ["<f8", Float64Array.from(values, (value) => value / 7)],
    ["<i2", Int16Array.from(values, (value) => value - 128)],
    ["<i8", BigInt64Array.from(values, (value) => BigInt(value - 128))],
  ];
  const targets: readonly (readonly [string, readonly number[], ArrayBufferView])[] = [
    ["<i8", [N], BigInt64Array.from({ length: N }, (_, i) => BigInt(((i * i) % 3) - 1))],
    ["<f8", [N], Float64Array.from({ length: N }, (_, i) => i / 3)],
    ["<f4", [N, 2], Float32Array.from({ length: 2 * N }, (_, i) => i / 3)],
  ];
  const cases = inputs.flatMap((x) => targets.map((y) => [x, y] as const));

  it.each(cases)("%#: the examples of loadFile, in the order of the file", async (x, y) => {
    const path = write("x.npy", npy(x[0], [N, 3, 2], x[1]));
    const options = { target: write("y.npy", npy(...y)), seed: 3 };
    const wanted = await loadFile(path, options);
    const stored = await openStored(path, { ...options, ...store });
    const parts = await bothParts(stored);
    for (const [i, part] of [wanted.training, wanted.test].entries()) {
      const { x: inputs, y: answers, ...about } = part;
      expect(parts[i]).toMatchObject({
        ...about,
        x: { shape: inputs.shape, ...(inputs.scale && { scale: inputs.scale }) },
        y: { shape: answers.shape },
      });
      expect(parts[i]!.x.data.constructor).toBe(inputs.data.constructor);
      expect(parts[i]!.y.data.constructor).toBe(answers.data.constructor);
      const all = rowsOf({ ...parts[i]! });
      expect([...all].sort()).toEqual(rowsOf(part).sort());
    }
    const array = async (from: string) => {
      const content = await readArrayFile(from);
      if (content.kind !== "single") throw new Error("one array");
      return { array: content.array, source: from };
    };
    const main = { x: await array(path), y: await array(options.target) };
    const whole = rowsOf(arraysDataset(main, { split: 0 }).training);
    for (const part of parts) {
      let at = -1;
      for (const row of rowsOf(part)) {
        at = whole.indexOf(row, at + 1);
        expect(at).toBeGreaterThanOrEqual(0);
      }
    }
    expect(stored.notes.slice(0, -1)).toEqual(wanted.notes);
    expect(stored.notes.at(-1)).toMatch(/built now$/);
  });

  it("that are cut, in Fortran order or not finite are refused", async () => {
    const data = Float32Array.from(values);
    const target = write(
      "y.npy",
      npy(
        "<i4",
        [N],
        new Int32Array(N).map((_, i) => i % 2),
      ),
    );
    const refusal = async (bytes: Uint8Array): Promise<string> => {
      const path = write("x.npy", bytes);
      const error: unknown = await openStored(path, { target, ...store }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(InputError);
      expect(String(error)).toContain(path);
      return String(error);
    };
    expect(await refusal(npy("<f4", [N, 6], data).subarray(0, -1))).toContain("is cut");
    expect(await refusal(npy("<f4", [N, 6], data).subarray(0, 30))).toContain("is cut");
    expect(await refusal(npy("<f4", [N, 6], data, true))).toContain("Fortran order");
    expect(await refusal(npy("<f4", [N - 1, 6], data.subarray(6)))).toContain(
      "expected as many of both",
    );
    data[6 * 200 + 1] = NaN;
    expect(await refusal(npy("<f4", [N, 6], data))).toContain("row 200 (counted from 0): x is NaN");
  });

  it("are refused before they are written where memory is too little for them", async () => {
    const path = write("x.npy", npy("<f4", [N, 6], Float32Array.from(values)));
    const labels = new Int32Array(N).map((_, i) => i % 2);
    await refusedEarly(path, { target: write("y.npy", npy("<i4", [N], labels)) });
  });

  it("need a target", async () => {
    const path = write("x.npy", npy("|u1", [6], Uint8Array.of(1, 2, 3, 4, 5, 6)));
    await expect(openStored(path, store)).rejects.toThrow("give target, the file with the targets");
  });
});

describe("folders of images", () => {
  const images = (name: string, colours: boolean): string => {
    const path = join(folder, name);
    for (const kind of ["cats", "dogs"]) {
      mkdirSync(join(path, kind), { recursive: true });
      for (const i of range(12)) {
        const channels = colours && kind === "dogs" && i === 7 ? 3 : 1;
        const data = Uint8Array.from({ length: 12 * channels }, (_, at) => (at * 17 + i * 3) % 256);
        writeFileSync(
          join(path, kind, `${i}.png`),
          encodePng({ width: 4, height: 3, data, channels }),
        );
      }
    }
    return path;
  };

  it.each([
    ["grey", false, 1],
    ["with one in colour", true, 3],
  ])("%s: the examples of loadFile, as bytes", async (name, colours, channels) => {
    const path = images(name, colours);
    const wanted = await loadFile(path, { seed: 2 });
    expect(wanted.training.x.shape).toEqual([channels, 3, 4]);
    const stored = await openStored(path, { seed: 2, ...store });
    const [training, test] = await bothParts(stored);
    expect(training).toEqual(wanted.training);
    expect(test).toEqual(wanted.test);
    expect(stored.notes.slice(0, -1)).toEqual(wanted.notes);
    const again = await openStored(path, { seed: 2, ...store });
    expect(again.notes.at(-1)).toMatch(/from an earlier run$/);
    writeFileSync(
      join(path, "cats", "99.png"),
      encodePng({ width: 4, height: 3, data: new Uint8Array(12), channels: 1 }),
    );
    const more = await openStored(path, { seed: 2, ...store });
    expect(more.training.size + more.test.size).toBe(25);
  });

  it("are refused before they are written where memory is too little for them", async () => {
    await refusedEarly(images("few", false), {});
  });

  it("that are set apart, and brought to a size", async () => {
    const path = join(folder, "apart");
    mkdirSync(path);
    images("apart/train", false);
    images("apart/test", false);
    const options = { size: [2, 2], channels: 3 } as const;
    const wanted = await loadFile(path, options);
    const [training, test] = await bothParts(await openStored(path, { ...options, ...store }));
    expect(training).toEqual(wanted.training);
    expect(test).toEqual(wanted.test);
  });
});

describe("blocks", () => {
  it("of any sizes are one data set", async () => {
    let key = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (sizes, width, isBytes) => {
          const N = sizes.reduce((sum, size) => sum + size, 0);
          const x = (isBytes ? new Uint8Array(N * width) : new Float32Array(N * width)).map(
            (_, i) => (i * 7) % 251,
          );
          const whole = fromArrays(
            x,
            range(N).map((i) => i % 2),
            { shape: [width], classes: 2 },
          );
          const blocks = function* (): Generator<Dataset> {
            let start = 0;
            for (const size of sizes) {
              yield take(
                whole,
                range(size).map((i) => start + i),
              );
              start += size;
            }
          };
          const stored = await storeBlocks(blocks, {
            key: `random ${key++}`,
            memory: 8192,
            cacheFolder,
          });
          expect(await inMemory(stored)).toEqual(whole);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("may come from an async iterable, and are asked for once", async () => {
    let asked = 0;
    const blocks = async function* () {
      asked++;
      await Promise.resolve();
      yield fromArrays([[1], [2]], [0.5, 1.5]);
      yield fromArrays([[3]], [2.5]);
    };
    const options = { key: "async", memory: 4096, cacheFolder };
    const first = await storeBlocks(blocks, options);
    const second = await storeBlocks(blocks, options);
    expect(asked).toBe(1);
    expect(second.fingerprint).toBe(first.fingerprint);
    expect([...(await inMemory(second)).y.data]).toEqual([0.5, 1.5, 2.5]);
  });

  it.each([
    ["none", [], "there are no examples to cache"],
    ["another shape", [fromArrays([[1]], [1.5]), fromArrays([[1, 2]], [1.5])], "from row 1 on"],
    ["another task", [fromArrays([[1]], [1.5]), fromArrays([[1]], [1])], "blocks must be alike"],
    ["weights", [fromArrays([[1]], [1.5], { sampleWeight: [2] })], "leave sampleWeight out"],
    [
      "infinity",
      [
        {
          ...fromArrays([[1], [2]], [1.5, 2]),
          x: { data: Float32Array.of(1, Infinity), shape: [1] },
        },
      ],
      "row 1 (counted from 0): x is Infinity",
    ],
    [
      "an unknown class",
      [{ ...fromArrays([[1], [2]], ["a", "b"]), y: { data: Int32Array.of(1, 2), shape: [] } }],
      "row 1 (counted from 0): y is 2; expected a class from 0 to 1",
    ],
  ] as [string, Dataset[], string][])("are refused: %s", async (name, blocks, what) => {
    const options = { key: name, memory: 4096, cacheFolder };
    await expect(storeBlocks(() => blocks, options)).rejects.toThrow(what);
    expect(readdirSync(cacheFolder).filter((entry) => entry.includes("."))).toEqual([]);
  });
});
