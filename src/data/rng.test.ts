import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chiSquare,
  chiSquareLimit,
  countsOf,
  evenly,
  normalLimit,
} from "../../test/support/statistics.ts";
import { InputError } from "../errors.ts";
import { fillUint32, generator, philox4x32, stream } from "./rng.ts";

describe("philox4x32", () => {
  // The known-answer vectors of Random123 (kat_vectors, "philox4x32 10").
  it.each([
    [
      "00000000 00000000 00000000 00000000",
      "00000000 00000000",
      "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ],
    [
      "ffffffff ffffffff ffffffff ffffffff",
      "ffffffff ffffffff",
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      "243f6a88 85a308d3 13198a2e 03707344",
      "a4093822 299f31d0",
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ])("counter %s, key %s", (counter, key, answer) => {
    const words = (text: string): number[] => text.split(" ").map((word) => parseInt(word, 16));
    expect([...philox4x32(words(counter), words(key))]).toEqual(words(answer));
  });
});

describe("the layout of streams", () => {
  it("puts seed and purpose in the key, block and the other numbers in the counter", () => {
    const seed = 5 * 2 ** 32 + 7;
    const key = [7, 5 + stream.dropout * 2 ** 21 + 3 * 2 ** 29];
    const words = [0, 1, 2].flatMap((block) => [...philox4x32([block, 11, 12, 13], key)]);
    const { uint32 } = generator(seed, stream.dropout, 11, 12, 13);
    expect(words.map(() => uint32())).toEqual(words);
    expect([...fillUint32(new Uint32Array(12), seed, [stream.dropout, 11, 12, 13])]).toEqual(words);
  });

  it("gives every seed and stream numbers of its own", () => {
    const first = [
      [0, 1],
      [1, 1],
      [2 ** 32, 1],
      [2 ** 53 - 1, 1],
      [0, 2],
      [0, 1, 0],
      [0, 1, 1],
      [0, 1, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 1, 0, 0, 1],
    ].map(([seed = 0, ...numbers]) => generator(seed, ...numbers).uint32());
    expect(new Set(first).size).toBe(first.length);
  });

  it("is the same however it is cut", () => {
    const whole = fillUint32(new Uint32Array(400), 3, [stream.dropout, 1]);
    const { uint32 } = generator(3, stream.dropout, 1);
    expect([...whole]).toEqual(Array.from(whole, () => uint32()));
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (start, length) => {
        const part = fillUint32(new Uint32Array(length), 3, [stream.dropout, 1], start);
        expect([...part]).toEqual([...whole.subarray(start, start + length)]);
      }),
    );
  });

  it("writes the same bits into signed words", () => {
    const signed = fillUint32(new Int32Array(9), 1, [1], 5);
    expect([...new Uint32Array(signed.buffer)]).toEqual([
      ...fillUint32(new Uint32Array(9), 1, [1], 5),
    ]);
  });

  it("reaches its last words and stops there", () => {
    const end = 2 ** 34;
    const last = fillUint32(new Uint32Array(3), 1, [1], end - 3);
    expect([...last]).toEqual([...philox4x32([2 ** 32 - 1, 0, 0, 0], [1, 2 ** 21])].slice(1));
    expect(() => fillUint32(new Uint32Array(4), 1, [1], end - 3)).toThrow(InputError);
  });
});

// Each bound below is exceeded by a right generator with probability 10⁻⁶.
describe("numbers", () => {
  it("uniform: in [0, 1), 53 bits, evenly spread", () => {
    const { uniform } = generator(1, stream.user);
    const values = Array.from({ length: 64_000 }, uniform);
    expect(values.every((v) => v >= 0 && v < 1 && Number.isInteger(v * 2 ** 53))).toBe(true);
    expect(values.some((v) => !Number.isInteger(v * 2 ** 52))).toBe(true);
    const bins = countsOf(
      values.map((v) => Math.floor(v * 16)),
      16,
    );
    expect(chiSquare(bins, evenly(16))).toBeLessThan(chiSquareLimit[15]);
  });

  it("normal: its moments, and the published shares within 1, 2 and 3 deviations", () => {
    const { normal } = generator(2, stream.user);
    const n = 100_000;
    const values = Float64Array.from({ length: n }, normal);
    // Mean of z^k is 0, 1, 0, 3; its variance over n is 1, 2, 15, 96.
    [0, 1, 0, 3].forEach((expected, k) => {
      const mean = values.reduce((sum, z) => sum + z ** (k + 1), 0) / n;
      const deviation = Math.sqrt(([1, 2, 15, 96][k] ?? 0) / n);
      expect(Math.abs(mean - expected)).toBeLessThan(normalLimit * deviation);
    });
    [0.682689492, 0.954499736, 0.997300204].forEach((share, k) => {
      const within = values.filter((z) => Math.abs(z) <= k + 1).length / n;
      const deviation = Math.sqrt((share * (1 - share)) / n);
      expect(Math.abs(within - share)).toBeLessThan(normalLimit * deviation);
    });
    // Neighbours share a draw of the polar method: they must still be uncorrelated.
    const lagged = values.reduce((sum, z, i) => sum + z * (values[i + 1] ?? 0), 0) / n;
    expect(Math.abs(lagged)).toBeLessThan(normalLimit / Math.sqrt(n));
  });

  it.each([7, 10, 1000])("integer(%i): evenly spread", (n) => {
    const { integer } = generator(3, stream.user, n);
    const counts = countsOf(
      Array.from({ length: 50_000 }, () => integer(n)),
      n,
    );
    const limit = chiSquareLimit[(n - 1) as 6 | 9 | 999];
    expect(chiSquare(counts, evenly(n))).toBeLessThan(limit);
  });

  it.each([
    ["below 2^32, where a plain remainder takes the first third twice as often", 3 * 2 ** 30],
    ["above 2^32, likewise", 3 * 2 ** 51],
  ])("integer is without bias %s", (_, n) => {
    const { integer } = generator(4, stream.user);
    const thirds = Array.from({ length: 30_000 }, () => Math.floor((3 * integer(n)) / n));
    const [low = 0, middle = 0, high = 0] = countsOf(thirds, 3);
    const deviation = Math.sqrt((30_000 * 2) / 9);
    for (const count of [low, middle, high]) {
      expect(Math.abs(count - 10_000)).toBeLessThan(normalLimit * deviation);
    }
  });

  it("integer stays in its range, at the ends of what it takes too", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.nat(), (n, seed) => {
        const { integer } = generator(seed, stream.user);
        for (let i = 0; i < 5; i++) {
          const value = integer(n);
          expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
        }
      }),
      {
        examples: [
          [1, 0],
          [2 ** 32 - 1, 0],
          [2 ** 32, 0],
          [2 ** 32 + 1, 0],
          [2 ** 53 - 1, 0],
        ],
      },
    );
  });
});

describe("refusals", () => {
  it.each([-1, 1.5, NaN, Infinity, 2 ** 53])("seed %d", (seed) => {
    expect(() => generator(seed, 1)).toThrow(
      new InputError(`seed must be a whole number from 0 to 2^53 - 1, got ${seed}`),
    );
  });
  it.each([[[]], [[256]], [[-1]], [[1, 2 ** 32]], [[1, 0.5]], [[1, 2, 3, 4, 5]]])(
    "stream %j",
    (numbers) => {
      expect(() => generator(1, ...numbers)).toThrow(/^a random stream is one number below 256/);
    },
  );
  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53])("integer(%d)", (n) => {
    expect(() => generator(1, 1).integer(n)).toThrow(`from 1 to 2^53 - 1, got ${n}`);
  });
});
