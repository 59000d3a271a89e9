/**
 * @file numpy's legacy generator (`numpy.random.RandomState`), to replay published runs that were seeded with it.
 *
 * MT19937 of Matsumoto and Nishimura (1998), "Mersenne Twister"; the ways from words to numbers are those of numpy's `RandomState`.
 */

/** The part of `RandomState` that published runs use. */
export interface NumpyRandom {
  /** Next 32-bit word. */
  uint32(): number;
  /** `random_sample()`: 53 bits of two words, on [0, 1). */
  uniform(): number;
  /** `standard_normal()`: polar method, the second value kept. */
  normal(): number;
  /** `permutation(n)`: swaps from the end, partners by masked rejection. */
  permutation(n: number): number[];
}

const N = 624;
const M = 397;

/** `numpy.random.RandomState(seed)` for a whole number from 0 to 2³² − 1. */
export function numpyRandom(seed: number): NumpyRandom {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const last = state[i - 1] ?? 0;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let at = N;
  let kept: number | undefined;

  const twist = (): void => {
    for (let i = 0; i < N; i++) {
      const y = ((state[i] ?? 0) & 0x80000000) | ((state[(i + 1) % N] ?? 0) & 0x7fffffff);
      state[i] = (state[(i + M) % N] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  const uint32 = (): number => {
    if (at === N) twist();
    let y = state[at++] ?? 0;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  };
  const uniform = (): number => {
    const high = uint32() >>> 5;
    return (high * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  };
  const normal = (): number => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    for (;;) {
      const first = 2 * uniform() - 1;
      const second = 2 * uniform() - 1;
      const square = first * first + second * second;
      if (square < 1 && square > 0) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        kept = factor * first;
        return factor * second;
      }
    }
  };
  const permutation = (n: number): number[] => {
    const out = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j = uint32() & mask;
      while (j > i) j = uint32() & mask;
      [out[i], out[j]] = [out[j] ?? 0, out[i] ?? 0];
    }
    return out;
  };
  return { uint32, uniform, normal, permutation };
}
