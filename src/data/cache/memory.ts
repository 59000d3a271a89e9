/** @file How many rows of stored data are in memory at a time. */
import { InputError } from "../../errors.ts";
import type { RecordLayout } from "./record.ts";
import { mostBlockBytes, sortBlock } from "./sort-blocks.ts";

/** Part of the memory that rows may take; the rest is for what is made of them, and for the program. */
const SHARE = 0.75;

/** Bytes for what is made of rows: the values of a batch while its gradient is computed. */
export function workBytes(memory: number): number {
  return Math.floor((1 - SHARE) * memory);
}

/** Bytes for a visit: its number in the order of one epoch, until that is in a scratch file. */
const VISIT = 4;

/** Bytes for a row of a window beside its record: its number, twice; and what sorting needs. */
const SORTING = 2 * 4 + 3 * 4;

/** Who reads what with how much memory. */
export interface WindowRequest {
  /** Bytes in all. */
  readonly memory: number;
  /** Part of it that is meant for these rows. */
  readonly share: number;
  readonly layout: RecordLayout;
  /** Examples. */
  readonly size: number;
  /** Whether the order of the visits is in memory: not where rows are read as they come. */
  readonly shuffled: boolean;
}

/** What is in memory of stored data. */
export interface StoredMemory {
  /** Rows of a window, of which there are two. */
  readonly windowRows: number;
  /** Bytes for sorting whole epochs: the window of each row, and a block for each window; 0 where rows are only read one by one. */
  readonly sortBytes: number;
}

/**
 * Rows of a window, of which there are two: (¾ share · memory − 4 N) / (2 record + 20), with the 4 bytes for the order of visits, where an
 * epoch is not sorted. Where it is, sorting takes a part of that.
 *
 * @throws InputError when not one row fits
 */
export function storedMemory({
  memory,
  share,
  layout,
  size,
  shuffled,
}: WindowRequest): StoredMemory {
  const perRow = 2 * layout.bytes + SORTING;
  const fixed = shuffled ? VISIT * size : 0;
  const left = SHARE * share * memory - fixed;
  const rows = Math.floor(left / perRow);
  if (rows >= size) return { windowRows: size, sortBytes: 0 };
  if (rows >= 1)
    return (shuffled ? withSorting(left, perRow, layout.bytes, size) : undefined) ?? { windowRows: rows, sortBytes: 0 }; // prettier-ignore
  throw tooLittle(memory, [{ share, layout, size, shuffled }]);
}

/** Rows that are read of one part of some data. */
type Part = Omit<WindowRequest, "memory">;

/** Refuses memory that is too little for one of the parts. @throws InputError that says what is enough for all */
export function requireMemory(memory: number, parts: readonly Part[]): void {
  if (parts.some((part) => leastMemory(part) > memory)) throw tooLittle(memory, parts);
}

/** Bytes with which one row fits. */
function leastMemory({ share, layout, size, shuffled }: Part): number {
  const fixed = shuffled ? VISIT * size : 0;
  return Math.ceil((fixed + 2 * layout.bytes + SORTING) / (SHARE * share));
}

function tooLittle(memory: number, parts: readonly Part[]): InputError {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const least = Math.max(...parts.map(leastMemory));
  const visits = parts.some(({ shuffled }) => shuffled)
    ? `, of which each visit takes ${VISIT}`
    : "";
  return new InputError(
    `memory of ${memory} bytes is too little for ${size} examples of ${parts[0]!.layout.bytes} bytes; give at least ${least}${visits}`,
  );
}

/** Most windows with numbers of one byte and of two, a little less than there are numbers: whole batches make more windows. */
const MOST_WINDOWS = [
  [1, 250],
  [2, 64_000],
] as const;

/** Part of the room that windows should have beside blocks: each window costs the run some tenths of a millisecond, whatever its length. */
const WINDOW_SHARE = 2 / 3;

/** Bytes of a block that is not made smaller for it, unless windows have less than half. */
const LEAST_BLOCK = 2 ** 14;

/** Windows of whole batches are a little shorter, and so a few more. */
const MORE_WINDOWS = 17 / 16;

/**
 * Windows and blocks of `left` bytes: R rows of a window and N/R blocks of b bytes, with perRow · R + b · N/R ≤ left − (1 or 2) N. Blocks are of
 * {@link mostBlockBytes} where that leaves windows {@link WINDOW_SHARE} of it, otherwise half as large, and so on.
 */
function withSorting(
  left: number,
  perRow: number,
  recordBytes: number,
  size: number,
): StoredMemory | undefined {
  for (const [numbers, most] of MOST_WINDOWS) {
    const room = left - numbers * size;
    if (room <= 0) continue;
    /** Bytes of windows beside blocks of so many bytes; half of the room where that is too little. */
    const windowBytes = (block: number): number => {
      const square = room ** 2 - 4 * perRow * MORE_WINDOWS * block * size;
      return (room + Math.sqrt(Math.max(0, square))) / 2;
    };
    const least = Math.max(LEAST_BLOCK, recordBytes);
    let block = Math.max(mostBlockBytes(recordBytes), recordBytes);
    while (block > least && windowBytes(block) < WINDOW_SHARE * room)
      block = Math.max(least, block / 2);
    const windowRows = Math.floor(Math.max(windowBytes(block) / perRow, Math.ceil(size / most)));
    const sortBytes = Math.floor(left - windowRows * perRow);
    if (windowRows >= size || windowRows < 1) return undefined;
    const windows = Math.ceil(size / windowRows);
    if (sortBlock(sortBytes, { windows, size, recordBytes }) !== undefined)
      return { windowRows, sortBytes };
  }
  return undefined;
}
