/** @file How far apart two arrays are. */

/** The largest |a − b| / max(1, |b|); Infinity where lengths differ, or where one is NaN or infinite and the other is not. */
export function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const here = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Number.isNaN(here) ? Infinity : Math.max(worst, here);
  }
  return worst;
}
