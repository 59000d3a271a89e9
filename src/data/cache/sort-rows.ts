/** @file Row numbers in ascending order, each with the place that it came from: a radix sort. */

/** Row numbers, and beside each the place where it is wanted. */
export interface PlacedRows {
  readonly rows: Uint32Array;
  readonly places: Uint32Array;
}

const DIGIT = 12;
const RADIX = 2 ** DIGIT;

/**
 * The first `length` rows of `from` in ascending order, equal ones in the order they had: least significant digit first, 12 bits a turn.
 *
 * @param spare as large as `from`; the result is in one of the two, and the other is overwritten
 * @param limit above every row
 */
export function sortRows(
  from: PlacedRows,
  spare: PlacedRows,
  length: number,
  limit: number,
): PlacedRows {
  const starts = new Uint32Array(RADIX);
  let [source, target] = [from, spare];
  for (let shift = 0; shift < 32 && (limit - 1) >>> shift > 0; shift += DIGIT) {
    countDigits(source.rows, length, shift, starts);
    const { rows, places } = source;
    for (let i = 0; i < length; i++) {
      const row = rows[i]!;
      const to = starts[(row >>> shift) & (RADIX - 1)]!++;
      target.rows[to] = row;
      target.places[to] = places[i]!;
    }
    [source, target] = [target, source];
  }
  return source;
}

/** For each digit the number of rows with a smaller one. */
function countDigits(rows: Uint32Array, length: number, shift: number, starts: Uint32Array): void {
  starts.fill(0);
  for (let i = 0; i < length; i++) starts[(rows[i]! >>> shift) & (RADIX - 1)]!++;
  let sum = 0;
  for (let digit = 0; digit < RADIX; digit++) {
    const count = starts[digit]!;
    starts[digit] = sum;
    sum += count;
  }
}
