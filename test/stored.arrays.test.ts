/** Files of arrays on disk, read row by row, are those in memory. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { InputError } from "../src/errors.ts";
import { loadFile, openStored, writeSafetensors, type LoadFileOptions } from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { idxBytes } from "./support/idx.ts";
import { npy } from "./support/npy.ts";
import { bothParts, rowsOf } from "./support/stored-examples.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const store = { memory: 2 ** 18, cacheFolder: join(folder, "cache") };

describe("files of arrays", () => {
  const bytesOf = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));
  const { npz } = JSON.parse(
    readFileSync(new URL("fixtures/arrays.json", import.meta.url), "utf8"),
  ) as { readonly npz: { readonly files: Readonly<Record<string, string>> } };
  const [rows, width] = [40, 6];
  const values = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(1 + i));
  const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7) % 3);
  const images = Uint8Array.from({ length: rows * width }, (_, i) => (i * 37) % 251);
  const parts = { x: { data: values, shape: [rows, width] }, y: { data: labels, shape: [rows] } };
  const named = {
    x_train: parts.x,
    y_train: parts.y,
    x_test: { data: values.slice(0, 30), shape: [5, width] },
    y_test: { data: labels.slice(0, 5), shape: [5] },
  };
  const idx = (type: "uint8" | "float32", data: ArrayLike<number>) =>
    idxBytes(type, data.length === rows ? [rows] : [rows, 3, 2], data);

  const cases: readonly (readonly [string, () => readonly [string, LoadFileOptions]])[] = [
    ["npz", () => [write("a.npz", bytesOf(npz.files["stored"]!)), { split: 0.5 }]],
    ["npz without names", () => [write("b.npz", bytesOf(npz.files["unnamed"]!)), { split: 0.5 }]],
    ["safetensors", () => [write("a.safetensors", writeSafetensors(parts)), { seed: 2 }]],
    [
      "safetensors with a part to test on",
      () => [write("b.safetensors", writeSafetensors(named)), {}],
    ],
    [
      "safetensors with names",
      () => [
        write("c.safetensors", writeSafetensors({ a: parts.x, b: parts.y })),
        { features: ["a"], target: "b" },
      ],
    ],
    [
      "IDX of floats",
      () => [
        write("a.idx", idx("float32", values)),
        { target: write("y.idx", idx("uint8", Uint8Array.from(labels))) },
      ],
    ],
    [
      "IDX as MNIST has it, with a part to test on",
      () => {
        const bytes = idx("uint8", images);
        const answers = idx("uint8", Uint8Array.from(labels));
        const put = (name: string, content: Uint8Array): string => {
          const path = join(folder, name);
          writeFileSync(path, content);
          return path;
        };
        put("t10k-images-idx3-ubyte", idxBytes("uint8", [2, 3, 2], images.subarray(0, 12)));
        put("t10k-labels-idx1-ubyte", idxBytes("uint8", [2], Uint8Array.of(0, 2)));
        put("train-labels-idx1-ubyte", answers);
        return [put("train-images-idx3-ubyte", bytes), {}];
      },
    ],
    [
      "raw, the high byte first",
      () => {
        const bytes = new DataView(new ArrayBuffer(4 * values.length));
        values.forEach((value, i) => {
          bytes.setFloat32(4 * i, value, false);
        });
        const target = write("y.u8", Uint8Array.from(labels));
        const raw = { type: "float32", shape: [-1, width], littleEndian: false } as const;
        return [write("x.bin", new Uint8Array(bytes.buffer)), { target, raw }];
      },
    ],
  ];

  it.each(cases)("%s: the examples of loadFile, in the order of the file", async (_, make) => {
    const [path, options] = make();
    const wanted = await loadFile(path, options);
    const stored = await openStored(path, { ...options, ...store });
    const found = await bothParts(stored);
    for (const [i, part] of [wanted.training, wanted.test].entries()) {
      const { x, y, ...about } = part;
      expect(found[i]).toMatchObject({ ...about, x: { shape: x.shape }, y: { shape: y.shape } });
      expect(found[i]!.x.scale).toBe(x.scale);
      expect(found[i]!.x.data.constructor).toBe(x.data.constructor);
      expect(rowsOf(found[i]!).sort()).toEqual(rowsOf(part).sort());
    }
    expect(stored.notes.slice(0, -1)).toEqual(wanted.notes);
    // The cache is not that of another seed, and is used again.
    const again = await openStored(path, { ...options, ...store });
    expect(again.notes.at(-1)).toMatch(/from an earlier run$/);
  });

  it("that are compressed are refused with what to do", async () => {
    const refusal = (path: string) =>
      openStored(path, { ...store, target: path }).then(String, String);
    expect(await refusal(write("d.npz", bytesOf(npz.files["deflated"]!)))).toMatch(
      /d\.npz, array "x" is compressed.*numpy\.savez in place of savez_compressed/,
    );
    const zipped = gzipSync(npy("<f4", [rows, width], values));
    expect(await refusal(write("x.npy.gz", zipped))).toMatch(/x\.npy\.gz is compressed.*gunzip it/);
  });

  it("that are too large to be read whole say what to do", async () => {
    const path = write("large.u8", new Uint8Array(0));
    truncateSync(path, 2 ** 31 + 1); // holes: it takes no room
    await expect(loadFile(path, { target: path })).rejects.toThrow(
      /large\.u8 is larger than 2 GiB, too large to be read whole; give memory/,
    );
  });

  it("that are damaged give an error of ours, or the rows that loadFile reads", async () => {
    const whole = [
      ["e.npz", bytesOf(npz.files["stored"]!)],
      ["e.safetensors", writeSafetensors(parts)],
      ["e.idx", idx("float32", values)],
    ] as const;
    const target = write("labels.npy", npy("<i4", [rows], labels));
    for (const [name, bytes] of whole) {
      // The first bytes and the last hold what says where things are.
      const places = [...range(24), ...range(40).map((i) => bytes.length - 1 - 3 * i)];
      for (const at of places.filter((place) => place < bytes.length)) {
        const changed = bytes.slice();
        changed[at]! ^= 1 << (at % 8);
        const path = write(name, changed);
        const options = name === "e.idx" ? { target } : {};
        const read = (work: Promise<{ readonly notes: readonly string[] }>) =>
          work.then(
            ({ notes }) => notes[0],
            (error: unknown) => error,
          );
        const found = await read(openStored(path, { ...options, ...store }));
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
        else expect(found).toContain(name);
      }
      const cut = write(name, bytes.slice(0, -1));
      const options = name === "e.idx" ? { target } : {};
      await expect(openStored(cut, { ...options, ...store })).rejects.toBeInstanceOf(InputError);
    }
  });
});
