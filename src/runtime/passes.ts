/** @file Rows in calls of passes of one size. */

/** `length` rows as calls [start, size, count] of `count` times `size` rows, the rest last. */
export function passes(
  length: number,
  size: number,
  most?: number,
): readonly [number, number, number][] {
  const calls: [number, number, number][] = [];
  let start = 0;
  while (start < length) {
    const whole = Math.floor((length - start) / size);
    const call: [number, number, number] =
      whole > 0 ? [start, size, Math.min(whole, most ?? whole)] : [start, length - start, 1];
    calls.push(call);
    start += call[1] * call[2];
  }
  return calls;
}
