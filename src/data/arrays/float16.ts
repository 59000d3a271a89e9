/** @file Floating-point numbers of 16 bits. */

/**
 * IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction.
 *
 * @example float16(0x3c00) // 1
 */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/**
 * bfloat16: the upper half of a float32.
 *
 * @example bfloat16(0x3f80) // 1
 */
export function bfloat16(bits: number): number {
  word[0] = bits << 16;
  return single[0] ?? 0;
}
