/** @file How many rows of stored data are in memory at a time. */
import { InputError } from "../../errors.ts";
import type { RecordLayout } from "./record.ts";

/** Part of the memory that rows may take; the rest is for what is made of them, and for the program. */
const SHARE = 0.75;

/** Bytes for a visit: its number in the order of this epoch, and of the next where one ends. */
const VISIT = 8;

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

/**
 * Rows of a window, of which there are two: (¾ share · memory − 8 N) / (2 record + 20), with the 8 bytes for the order of visits.
 *
 * @throws InputError when not one row fits
 */
export function windowRows({ memory, share, layout, size, shuffled }: WindowRequest): number {
  const perRow = 2 * layout.bytes + SORTING;
  const fixed = shuffled ? VISIT * size : 0;
  const rows = Math.floor((SHARE * share * memory - fixed) / perRow);
  if (rows >= 1) return Math.min(rows, size);
  const least = Math.ceil((fixed + perRow) / (SHARE * share));
  throw new InputError(
    `memory of ${memory} bytes is too little for ${size} examples of ${layout.bytes} bytes; give at least ${least}${shuffled ? `, of which each visit takes ${VISIT}` : ""}`,
  );
}
