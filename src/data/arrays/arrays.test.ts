import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, InputError } from "../../errors.ts";
import { arrayParts } from "./array-keys.ts";
import { arraysDataset } from "./arrays-dataset.ts";
import type { FileArray } from "./file-array.ts";
import { crc32 } from "./crc32.ts";
import { parseNpy } from "./npy.ts";
import { parseNpz } from "./npz.ts";
import { parseRaw } from "./raw.ts";
import { parseSafetensors, writeSafetensors } from "./safetensors.ts";

interface Fixture {
  readonly npy: readonly {
    readonly name: string;
    readonly file: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
  readonly refused: Readonly<Record<string, string>>;
  readonly npz: {
    readonly files: Readonly<Record<string, string>>;
    readonly x: readonly number[];
    readonly y: readonly number[];
  };
  readonly safetensors: {
    readonly file: string;
    readonly values: Readonly<Record<string, readonly number[]>>;
  };
}

const fixture = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/arrays.json", import.meta.url), "utf8"),
) as Fixture;

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

/** Bytes with some changed, cut or added. */
const broken = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)),
    fc
      .uint8Array({ minLength: 1, maxLength: 9 })
      .map((more) => Uint8Array.from([...bytes, ...more])),
    fc
      .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const out = bytes.slice();
        for (const [at, value] of changes) out[at] = value;
        return out;
      }),
  );

describe("parseNpy", () => {
  it.each(fixture.npy)("reads what numpy wrote: $name", ({ file, shape, values }) => {
    const array = parseNpy(bytesOf(file));
    expect(array.shape).toEqual(shape);
    expect(Array.from(array.data)).toEqual(values);
  });

  it.each(Object.entries(fixture.refused))("refuses %s", (_, file) => {
    expect(() => parseNpy(bytesOf(file), "x.npy")).toThrow(/^x\.npy/);
  });

  it("names an integer that is too large", () => {
    expect(() => parseNpy(bytesOf(fixture.refused["int64 beyond 2^53"]!), "x.npy")).toThrow(
      "x.npy: element 1 is 9007199254740993, beyond ±2^53; store such numbers as floats",
    );
  });

  it("refuses every cut file, and files with bytes to spare", () => {
    const bytes = bytesOf(fixture.npy[0]!.file);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseNpy(bytes.subarray(0, length), "x.npy")).toThrow(DataError);
    }
    expect(() => parseNpy(Uint8Array.from([...bytes, 0]), "x.npy")).toThrow(/has trailing bytes/);
  });

  it("reads or refuses whatever is broken, and nothing else happens", () => {
    fc.assert(
      fc.property(broken(bytesOf(fixture.npy[2]!.file)), (bytes) => {
        try {
          const { data, shape } = parseNpy(bytes, "x.npy");
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
    );
  });
});

describe("parseNpz", () => {
  it.each(Object.entries(fixture.npz.files))("reads an archive: %s", async (kind, file) => {
    const arrays = await parseNpz(bytesOf(file));
    const [x, y] = kind === "unnamed" ? ["arr_0", "arr_1"] : ["x", "y"];
    expect(Array.from(arrays.get(x)!.data)).toEqual(fixture.npz.x);
    expect(Array.from(arrays.get(y)!.data)).toEqual(fixture.npz.y);
    const { main } = arrayParts(arrays, "a.npz");
    expect(main.x.array).toBe(arrays.get(x));
    expect(main.y.array).toBe(arrays.get(y));
  });

  it("refuses every cut archive", async () => {
    const bytes = bytesOf(fixture.npz.files["deflated"]!);
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(parseNpz(bytes.subarray(0, length), "a.npz")).rejects.toThrow(DataError);
    }
  });

  it("never takes changed bytes for values", async () => {
    await fc.assert(
      fc.asyncProperty(broken(bytesOf(fixture.npz.files["deflated"]!)), async (bytes) => {
        try {
          const arrays = await parseNpz(bytes, "a.npz");
          for (const { data } of arrays.values()) {
            expect([fixture.npz.x, fixture.npz.y]).toContainEqual(Array.from(data));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("names the arrays that there are", async () => {
    const arrays = await parseNpz(bytesOf(fixture.npz.files["stored"]!));
    expect(() => arrayParts(arrays, "a.npz", { y: "labels" })).toThrow(
      'a.npz must hold the arrays x and labels; it holds "x", "y": name them with features and target',
    );
  });
});

describe("crc32", () => {
  it("has the check value of its definition", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});

describe("safetensors", () => {
  const file = bytesOf(fixture.safetensors.file);

  it("reads every type", () => {
    const { tensors, metadata } = parseSafetensors(file);
    expect(metadata).toEqual({ format: "pt" });
    for (const [name, values] of Object.entries(fixture.safetensors.values)) {
      const wanted = name === "t.BOOL" ? values.map((value) => Number(value !== 0)) : values;
      expect(Array.from(tensors.get(name)!.data), name).toEqual(wanted);
    }
  });

  it("writes what it reads", () => {
    const typed = fc.oneof(
      fc.float32Array({ noNaN: true, maxLength: 12 }),
      fc.float64Array({ noNaN: true, maxLength: 12 }),
      fc.uint8Array({ maxLength: 12 }),
      fc.int32Array({ maxLength: 12 }),
      fc.int16Array({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), typed),
        fc.dictionary(fc.string(), fc.string()),
        (data, metadata) => {
          const tensors = Object.fromEntries(
            Object.entries(data).map(([name, values]) => [
              name,
              { data: values, shape: [values.length] },
            ]),
          );
          if (Object.hasOwn(tensors, "__metadata__")) return;
          const read = parseSafetensors(writeSafetensors(tensors, metadata));
          expect(read.metadata).toEqual(metadata);
          expect([...read.tensors.keys()].sort()).toEqual(Object.keys(data).sort());
          for (const [name, values] of Object.entries(data)) {
            expect(read.tensors.get(name)!.data).toEqual(values);
          }
        },
      ),
    );
  });

  it("reads or refuses whatever is broken", () => {
    fc.assert(
      fc.property(broken(file), (bytes) => {
        try {
          parseSafetensors(bytes, "m.safetensors");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuses elements that overlap, and holes between them", () => {
    const two = { data: new Float32Array(2), shape: [2] };
    const text = new TextDecoder("latin1").decode(writeSafetensors({ a: two, b: two }));
    const moved = (from: string, to: string): Uint8Array =>
      Uint8Array.from(text.replace(from, to), (character) => character.charCodeAt(0));
    for (const [from, to] of [
      ["[8,16]", "[4,12]"],
      ["[0,8]", "[0,4]"],
      ["[0,8]", "[8,8]"],
    ] as const)
      expect(() => parseSafetensors(moved(from, to), "m")).toThrow(
        /^m: tensor "[ab]" lies at bytes/,
      );
  });

  it("refuses a shape that does not fit", () => {
    expect(() => writeSafetensors({ w: { data: new Float32Array(3), shape: [2, 2] } })).toThrow(
      'tensor "w": shape [2, 2] does not fit its 3 values',
    );
  });
});

describe("parseRaw", () => {
  it("reads elements in either byte order", () => {
    const bytes = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0);
    const big = parseRaw(bytes, { type: "float32", littleEndian: false });
    expect(Array.from(big.data)).toEqual([1, -2.5]);
    expect(parseRaw(bytes, { type: "uint16", shape: [-1, 2] }).shape).toEqual([2, 2]);
  });

  it("refuses what is no whole number of rows", () => {
    expect(() =>
      parseRaw(new Uint8Array(10), { type: "float32", shape: [-1, 2] }, "x.f32"),
    ).toThrow("x.f32 must hold a multiple of 8 bytes, for float32 of shape [-1, 2]; got 10");
    expect(() => parseRaw(new Uint8Array(8), { type: "int8", shape: [0] })).toThrow(InputError);
    expect(() => parseRaw(new Uint8Array(0), { type: "int8" })).toThrow(DataError);
  });
});

describe("arraysDataset", () => {
  const named = (data: FileArray["data"], shape: readonly number[], source: string) => ({
    array: { data, shape, type: data instanceof Uint8Array ? "uint8" : "float64" } as FileArray,
    source,
  });

  it("takes labels of −1 and 1 for two classes, and keeps their proportions", () => {
    const y = Float64Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? -1 : 1));
    const { training, validation } = arraysDataset({
      x: named(new Float64Array(80), [40, 2], "x.npy"),
      y: named(y, [40], "y.npy"),
    });
    expect(training.classes).toEqual(["-1", "1"]);
    expect(training.size).toBe(32);
    expect(Array.from(validation!.y.data).filter((label) => label === 0)).toHaveLength(2);
  });

  it("scales bytes, and takes many whole numbers for a regression", () => {
    const { training, notes } = arraysDataset(
      {
        x: named(
          Uint8Array.from({ length: 60 }, (_, i) => 4 * i),
          [30, 2],
          "x.npy",
        ),
        y: named(
          Float64Array.from({ length: 30 }, (_, i) => i),
          [30, 1],
          "y.npy",
        ),
      },
      { split: 0 },
    );
    expect(training.x.scale).toBe(1 / 255);
    expect(training.task).toBe("regression");
    expect(notes).toContain("values are scaled by 1/255");
  });

  it("names both files when they do not fit, and the place of what is not finite", () => {
    const y = named(new Float64Array(3), [3], "y.npy");
    expect(() => arraysDataset({ x: named(new Float64Array(4), [4], "x.npy"), y })).toThrow(
      "x.npy has 4 examples and y.npy 3 targets; expected as many of both",
    );
    const x = named(Float64Array.of(1, 2, 3, NaN, 5, 6), [3, 2], "x.npy");
    expect(() => arraysDataset({ x, y: named(Float64Array.of(0.5, 1, 2), [3], "y.npy") })).toThrow(
      /^x\.npy: x\[1\]\[1\] is NaN/,
    );
  });
});
