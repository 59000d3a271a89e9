import { describe, expect, it } from "vitest";
import { readTensor } from "./read-tensor.ts";

/** A whole number as Protocol Buffers has it: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

describe("readTensor", () => {
  const count = 200_000;
  // field 1, the shape; field 2, the type
  const head = (type: number) => [8, ...varint(count), 16, type];

  it("reads as many floats as there are, each in a field of its own", () => {
    const one = [37, 0, 0, 0xc0, 0x3f]; // field 4, four bytes: 1.5
    const message = Uint8Array.from([...head(1), ...new Array<number[]>(count).fill(one).flat()]);
    const { data } = readTensor(message, "model").tensor();
    expect(data).toEqual(new Float32Array(count).fill(1.5));
  });

  it("reads as many whole numbers as there are, all in one field", () => {
    const message = Uint8Array.from([
      ...head(7),
      58,
      ...varint(count),
      ...new Uint8Array(count).fill(3),
    ]); // field 7, bytes
    expect(Array.from(readTensor(message, "model").tensor().data)).toEqual(
      new Array<number>(count).fill(3),
    );
  });
});
