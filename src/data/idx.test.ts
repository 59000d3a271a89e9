import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idxBytes, idxTypes } from "../../test/support/idx.ts";
import { DataError } from "../errors.ts";
import { parseIdx } from "./idx.ts";

type Type = keyof typeof idxTypes;

const valuesOf = {
  uint8: fc.nat(255),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  float32: fc.float(),
  float64: fc.double(),
};
const arrayClass = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

const file = fc
  .record({
    type: fc.constantFrom(...(Object.keys(idxTypes) as Type[])),
    shape: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
  })
  .chain(({ type, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values: fc.Arbitrary<number[]> = fc.array(valuesOf[type], {
      minLength: count,
      maxLength: count,
    });
    return fc.record({ type: fc.constant(type), shape: fc.constant(shape), values });
  });

describe("parseIdx", () => {
  it("reads back every type and shape, also from the middle of a buffer", () => {
    fc.assert(
      fc.property(file, fc.nat(9), ({ type, shape, values }, offset) => {
        const bytes = idxBytes(type, shape, values);
        const buffer = new Uint8Array(bytes.length + offset + 3);
        buffer.set(bytes, offset);
        const { data, shape: read } = parseIdx(buffer.subarray(offset, offset + bytes.length));
        expect(data).toBeInstanceOf(arrayClass[type]);
        expect([...data]).toEqual(values);
        expect(read).toEqual(shape);
      }),
    );
  });

  it("does not copy bytes", () => {
    const bytes = idxBytes("uint8", [2, 2], [1, 2, 3, 4]);
    const { data } = parseIdx(bytes);
    expect([data.buffer, data.byteOffset]).toEqual([bytes.buffer, 12]);
  });

  it("refuses every truncation and every addition, with the byte counts", () => {
    const whole = idxBytes("int16", [2, 3], [1, 2, 3, 4, 5, 6]);
    for (let length = 0; length < whole.length; length++) {
      const needed = length < 4 ? 4 : length < 12 ? 12 : 24;
      const message = new RegExp(
        `^part\\.idx is truncated: .* takes ${needed} bytes, got ${length}$`,
      );
      expect(() => parseIdx(whole.subarray(0, length), "part.idx")).toThrow(message);
    }
    const longer = Uint8Array.of(...whole, 0);
    expect(() => parseIdx(longer, "a.idx")).toThrow(
      new DataError("a.idx has trailing bytes: shape [2, 3] takes 24 bytes, got 25"),
    );
  });

  it.each([
    [[1, 0, 8, 1], "01 00 08 01"],
    [[0, 1, 8, 1], "00 01 08 01"],
    [[0, 0, 10, 1], "00 00 0a 01"],
    [[0, 0, 8, 0], "00 00 08 00"],
    [[0x1f, 0x8b, 8, 0], "1f 8b 08 00"],
    [[0x89, 0x50, 0x4e, 0x47], "89 50 4e 47"],
  ])("refuses the magic number %j", (magic, shown) => {
    const bytes = Uint8Array.of(...magic, 0, 0, 0, 1, 7);
    expect(() => parseIdx(bytes, "x")).toThrow(`x is not an IDX file: it starts with ${shown},`);
  });

  it("refuses sizes whose product no file holds", () => {
    const header = idxBytes(
      "float64",
      Array.from({ length: 255 }, () => 2 ** 32 - 1),
      [],
    );
    expect(() => parseIdx(header, "x")).toThrow(
      new DataError("x is corrupt: its header gives 255 axes, expected at most 8"),
    );
    const largest = idxBytes(
      "float64",
      Array.from({ length: 8 }, () => 2 ** 32 - 1),
      [],
    );
    expect(() => parseIdx(largest, "x")).toThrow(/^x is truncated: shape \[4294967295, .* got 36$/);
  });

  it("after any change of one byte gives an array that fills the file, or a DataError of one line", () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.integer({ min: 1, max: 255 }), (source, at, change) => {
        const bytes = idxBytes(source.type, source.shape, source.values);
        const position = at % bytes.length;
        bytes[position] = (bytes[position] ?? 0) ^ change;
        try {
          const { data, shape } = parseIdx(bytes);
          expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
          expect(4 + 4 * shape.length + data.byteLength).toBe(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as Error).message).not.toContain("\n");
        }
      }),
    );
  });
});
