/**
 * @file Random numbers as a pure function of (seed, stream, position): Philox4x32-10.
 *
 * Philox is a block cipher in counter mode: block number b of a stream is `philox4x32(counter(b), key)`,
 * so any word can be had without the ones before it, and streams never overlap.
 *
 * Layout (part of what makes a run repeatable; a change of it changes every seed's numbers), with stream
 * numbers s0, s1, s2, s3 of which all but s0 may be absent:
 *
 *     key     = [seed mod 2³²,  ⌊seed / 2³²⌋ + s0 · 2²¹ + (number of s1, s2, s3 given) · 2²⁹]
 *     counter = [block, s1 or 0, s2 or 0, s3 or 0]
 *
 * The map from (seed, stream, block) to (key, counter) is one-to-one. Word p of a stream is word p mod 4 of block ⌊p / 4⌋.
 *
 * Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */
import { InputError, show } from "../errors.ts";

/** First number of a stream: what the numbers are for. */
export const stream = {
  /** Visiting order of an epoch: `(order, epoch)`. */
  order: 1,
  /** Initial parameters: `(init, parameter)`. */
  init: 2,
  /** Dropout masks. */
  dropout: 3,
  /** Generated data sets. */
  data: 4,
  /** Which examples are set apart. */
  split: 5,
  /** Which examples a measurement looks at (gradient noise, evaluation on a part). */
  probe: 6,
  /** Directions and points of plots. */
  plot: 7,
  /** Whatever the user draws. */
  user: 8,
} as const;

/** Numbers of one stream, read in order. */
export interface Generator {
  /** The next word: a whole number from 0 to 2³² − 1. */
  readonly uint32: () => number;
  /** Uniform on [0, 1), a multiple of 2⁻⁵³; two words. */
  readonly uniform: () => number;
  /** Normal with mean 0 and variance 1 (Marsaglia's polar method, the second value kept for the next call). */
  readonly normal: () => number;
  /** Uniform whole number from 0 to n − 1 without bias, for n from 1 to 2⁵³ − 1. */
  readonly integer: (n: number) => number;
}

const WORD = 2 ** 32;
/** Words a generator computes at a time, a multiple of 4. */
const BUFFER = 64;

/**
 * One block of Philox4x32-10: ten rounds of
 *
 *     (c0, c1, c2, c3) ← (hi(M1·c2) ⊕ c1 ⊕ k0,  lo(M1·c2),  hi(M0·c0) ⊕ c3 ⊕ k1,  lo(M0·c0)),   k ← k + (W0, W1)
 *
 * with M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85.
 *
 * @param counter four words
 * @param key two words
 * @returns four words
 * @example philox4x32([0, 0, 0, 0], [0, 0])[0] // 0x6627e8d5
 */
export function philox4x32(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
  const out = new Uint32Array(4);
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = Array.from(counter);
  fillBlocks(out, 0, 1, c0, { k0: key[0] ?? 0, k1: key[1] ?? 0, c1, c2, c3 });
  return out;
}

/**
 * The generator that reads the words of a stream from its start (or from word `start`).
 *
 * @param seed whole number from 0 to 2⁵³ − 1
 * @param numbers the stream: one of {@link stream} (0 to 255), then at most three whole numbers below 2³²
 * @throws InputError when the seed or a stream number is outside its range
 * @example generator(1, stream.init, 0).normal()
 */
export function generator(seed: number, ...numbers: readonly number[]): Generator {
  const lane = laneOf(seed, numbers);
  const words = new Uint32Array(BUFFER);
  let block = 0;
  let at = BUFFER;
  let spare = NaN;

  const uint32 = (): number => {
    if (at === BUFFER) {
      fillBlocks(words, 0, BUFFER / 4, block, lane);
      block += BUFFER / 4;
      at = 0;
    }
    return words[at++] ?? 0;
  };
  const bits53 = (): number => (uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6);
  const uniform = (): number => bits53() / 2 ** 53;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = NaN;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };
  // Lemire (2019), "Fast random integer generation in an interval": the high word of n · word is
  // uniform once the (2³² mod n) lowest values of the low word are refused.
  const integer = (n: number): number => {
    if (!(n < WORD)) return wideInteger(n, bits53);
    if (!(n >= 1) || !Number.isInteger(n)) return refuseRange(n);
    let word = uint32();
    let low = Math.imul(word, n) >>> 0;
    if (low < n) {
      const refused = WORD % n;
      while (low < refused) {
        word = uint32();
        low = Math.imul(word, n) >>> 0;
      }
    }
    return highWord(word, n & 0xffff, n >>> 16) >>> 0;
  };
  return { uint32, uniform, normal, integer };
}

/**
 * Fills `out` with words `start`, `start + 1`, … of a stream. How a stretch is cut into calls changes nothing.
 *
 * @param out an `Int32Array` receives the same bits
 * @param numbers the stream, as for {@link generator}
 * @param start position of the first word, from 0; the last word lies below 2³⁴
 * @example fillUint32(new Uint32Array(1024), seed, [stream.dropout, layer, epoch], 0)
 */
export function fillUint32<T extends Int32Array | Uint32Array>(
  out: T,
  seed: number,
  numbers: readonly number[],
  start = 0,
): T {
  if (!Number.isSafeInteger(start) || start < 0 || start + out.length > 4 * WORD) {
    throw new InputError(
      `the position in a stream must be a whole number from 0 to 2^34, got ${show(start)}`,
    );
  }
  const lane = laneOf(seed, numbers);
  const skip = start % 4;
  const head = skip === 0 ? 0 : Math.min(4 - skip, out.length);
  let block = Math.floor(start / 4);
  if (head > 0) {
    out.set(blockAt(block, lane).subarray(skip, skip + head));
    block++;
  }
  const whole = (out.length - head) >>> 2;
  fillBlocks(out, head, whole, block, lane);
  const done = head + 4 * whole;
  if (done < out.length) {
    out.set(blockAt(block + whole, lane).subarray(0, out.length - done), done);
  }
  return out;
}

/** `seed` when it is a whole number from 0 to 2⁵³ − 1. @throws InputError */
export function checkedSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new InputError(`seed must be a whole number from 0 to 2^53 - 1, got ${show(seed)}`);
}

/** Key and upper counter words: all that is the same for every block of a stream. */
interface Lane {
  readonly k0: number;
  readonly k1: number;
  readonly c1: number;
  readonly c2: number;
  readonly c3: number;
}

function laneOf(seed: number, numbers: readonly number[]): Lane {
  checkedSeed(seed);
  const [purpose = 0, c1 = 0, c2 = 0, c3 = 0] = numbers;
  const inRange = (value: number, limit: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < limit;
  if (
    !inRange(purpose, 256) ||
    ![c1, c2, c3].every((word) => inRange(word, WORD)) ||
    numbers.length < 1 ||
    numbers.length > 4
  ) {
    throw new InputError(
      `a random stream is one number below 256 and at most three whole numbers below 2^32, got [${numbers.join(", ")}]`,
    );
  }
  const high = Math.floor(seed / WORD) + purpose * 2 ** 21 + (numbers.length - 1) * 2 ** 29;
  return { k0: seed % WORD, k1: high, c1, c2, c3 };
}

function blockAt(block: number, lane: Lane): Uint32Array {
  const words = new Uint32Array(4);
  fillBlocks(words, 0, 1, block, lane);
  return words;
}

const M0 = 0xd2511f53 | 0;
const M1 = 0xcd9e8d57 | 0;
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;

/** Writes `count` whole blocks, the first one numbered `first`, from `out[offset]` on. */
function fillBlocks(
  out: Int32Array | Uint32Array,
  offset: number,
  count: number,
  first: number,
  lane: Lane,
): void {
  const { k0, k1, c1, c2, c3 } = lane;
  let at = offset;
  for (let b = 0; b < count; b++) {
    let x0 = (first + b) | 0;
    let x1 = c1 | 0;
    let x2 = c2 | 0;
    let x3 = c3 | 0;
    let a = k0 | 0;
    let c = k1 | 0;
    for (let round = 0; round < 10; round++) {
      const low0 = Math.imul(M0, x0);
      const low1 = Math.imul(M1, x2);
      const high0 = highWord(x0, 0x1f53, 0xd251);
      const high1 = highWord(x2, 0x8d57, 0xcd9e);
      x0 = high1 ^ x1 ^ a;
      x1 = low1;
      x2 = high0 ^ x3 ^ c;
      x3 = low0;
      a = (a + W0) | 0;
      c = (c + W1) | 0;
    }
    out[at] = x0;
    out[at + 1] = x1;
    out[at + 2] = x2;
    out[at + 3] = x3;
    at += 4;
  }
}

/** ⌊x · (high · 2¹⁶ + low) / 2³²⌋ as 32 bits, in 16-bit halves: JavaScript has no 32 × 32 → 64 product. */
function highWord(x: number, low: number, high: number): number {
  const xl = x & 0xffff;
  const xh = x >>> 16;
  const middle = (Math.imul(xh, low) + (Math.imul(xl, low) >>> 16)) | 0;
  const carry = (Math.imul(xl, high) + (middle & 0xffff)) | 0;
  return (Math.imul(xh, high) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** n from 2³² to 2⁵³ − 1: a 53-bit number, refused above the largest multiple of n. */
function wideInteger(n: number, bits53: () => number): number {
  if (!Number.isSafeInteger(n)) return refuseRange(n);
  const limit = 2 ** 53 - (2 ** 53 % n);
  for (;;) {
    const bits = bits53();
    if (bits < limit) return bits % n;
  }
}

function refuseRange(n: number): never {
  throw new InputError(
    `a random integer needs a whole number of choices from 1 to 2^53 - 1, got ${show(n)}`,
  );
}
