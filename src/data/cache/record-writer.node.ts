/** @file Writing records, in order. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { ColumnData } from "../dataset.ts";
import { interleave } from "./interleave.ts";
import type { RecordLayout } from "./record.ts";

/** A file of records that is being written. */
export interface RecordWriter {
  /** Adds `rows` rows. */
  readonly write: (x: ColumnData, y: ColumnData, rows: number) => void;
  /** Flushes the file and closes it. */
  readonly end: () => WrittenRecords;
  /** Closes the file as it is. */
  readonly close: () => void;
}

/** What was written. */
export interface WrittenRecords {
  readonly size: number;
  /** SHA-256 of the records. */
  readonly fingerprint: string;
}

/** Bytes that are written at a time. */
const BLOCK = 2 ** 20;

/** Makes a file of records, or makes it anew. @throws the system's error, where it cannot */
export function openRecordWriter(path: string, layout: RecordLayout): RecordWriter {
  const file = openSync(path, "w");
  const hash = createHash("sha256");
  const blockRows = Math.max(1, Math.floor(BLOCK / layout.bytes));
  const block = new Uint8Array(blockRows * layout.bytes);
  let size = 0;
  /** Rows in the block. */
  let filled = 0;
  let isOpen = true;
  const flush = (): void => {
    const bytes = block.subarray(0, filled * layout.bytes);
    hash.update(bytes);
    writeAll(file, bytes);
    filled = 0;
  };
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    write(x, y, rows) {
      for (let start = 0; start < rows;) {
        const end = Math.min(rows, start + blockRows - filled);
        interleave({ x, y }, layout, start, end, block.subarray(filled * layout.bytes));
        filled += end - start;
        start = end;
        if (filled === blockRows) flush();
      }
      size += rows;
    },
    end() {
      flush();
      fsyncSync(file);
      close();
      return { size, fingerprint: hash.digest("hex") };
    },
    close,
  };
}

/** Writes all bytes, in as many turns as the system takes; from `position` on, or else after what was written last. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  for (let done = 0; done < bytes.length;) {
    const at = position === undefined ? undefined : position + done;
    done += writeSync(file, bytes, done, bytes.length - done, at);
  }
}
