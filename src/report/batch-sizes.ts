/** @file The batch sizes of a run that a probe has changed, in words that need no language. */

/** A change of the batch size. */
export interface SizeChange {
  /** Updates made before it. */
  readonly updates: number;
  readonly batchSize: number;
}

/** The batch sizes that updates were made with, in their order; the first is `start`, unless it was changed before the first update. */
export function sizesUsed(start: number, changes: readonly SizeChange[]): readonly number[] {
  const first = changes.findLastIndex(({ updates }) => updates === 0);
  const later = changes.slice(first + 1).map(({ batchSize }) => batchSize);
  return [changes[first]?.batchSize ?? start, ...later];
}

/** More are left out in the middle. */
const mostTold = 4;

/** `64 → 16`; of many `64 → … → 512 → 1,024`. */
export function sizesText(sizes: readonly number[], format: (size: number) => string): string {
  const told = sizes.map(format);
  const left = told.length - mostTold;
  const shown = left > 0 ? [...told.slice(0, 1), "…", ...told.slice(left + 2)] : told;
  return shown.join(" → ");
}
