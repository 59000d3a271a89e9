/** @file How large the blocks are in which the rows of an epoch are sorted. */
import { windowNumberBytes } from "./row-windows.ts";

/** A block of a sort. */
export interface SortBlock {
  /** Rows that it has room for. */
  readonly rows: number;
  /** Bytes of it, in memory and in the file. */
  readonly bytes: number;
}

/** Least bytes of a block, if they are not one record. */
const LEAST = 2 ** 11;

/** Most bytes of a block: those of so many records, within bounds. */
const [RECORDS, LEAST_MOST, MOST] = [160, 2 ** 15, 2 ** 17];

/** A page of the system's memory, and pages from which on a block is of whole ones. */
const [PAGE, PAGES] = [4096, 4];

/**
 * Most bytes of a block, if they are not one record. Short records are copied one by one into blocks that should fit the caches, all of them together;
 * of long ones the copies matter less than that reads and writes are few.
 */
export function mostBlockBytes(recordBytes: number): number {
  return Math.min(MOST, Math.max(LEAST_MOST, RECORDS * recordBytes));
}

/**
 * A block when so many bytes are there for all windows, and for the number of each row's window; undefined when that is too little.
 *
 * It is of whole pages where it is not small: a page of which a part is written takes twice as long as a whole one.
 */
export function sortBlock(
  bytes: number,
  { windows, size, recordBytes }: { windows: number; size: number; recordBytes: number },
): SortBlock | undefined {
  const numbers = windowNumberBytes(windows);
  if (numbers === undefined) return undefined;
  const room = (bytes - numbers * size) / windows;
  if (room < Math.max(recordBytes, Math.min(LEAST, recordBytes * size))) return undefined;
  const most = Math.min(room, mostBlockBytes(recordBytes));
  const pages = Math.floor(most / PAGE);
  const rows = Math.floor((pages * PAGE) / recordBytes);
  if (pages >= PAGES && rows > 0)
    return { rows, bytes: Math.ceil((rows * recordBytes) / PAGE) * PAGE };
  const fitting = Math.max(1, Math.floor(most / recordBytes));
  return { rows: fitting, bytes: fitting * recordBytes };
}
