/** @file A scratch file, which is gone when nobody has it open any more: also after a kill. */
import { closeSync, ftruncateSync, openSync, readSync, statfsSync, unlinkSync } from "node:fs";
import type { Scratch } from "./block-chains.ts";
import { writeAll } from "./record-writer.node.ts";

/** A scratch file with its number. */
export interface ScratchFile extends Scratch {
  readonly number: number;
}

/** Opens a scratch file. Its name is taken away at once. @throws the system's error, where it cannot */
export function openScratch(path: string): ScratchFile {
  const file = openSync(path, "wx+");
  try {
    unlinkSync(path);
  } catch {
    // Where a system does not let go of the name of an open file, the next sweep of the folder takes it.
  }
  return {
    number: file,
    write: (bytes, position) => {
      writeAll(file, bytes, position);
    },
    read: (into, position) => {
      readScratch(file, into, position);
    },
    clear: () => {
      ftruncateSync(file);
    },
    close: () => {
      closeSync(file);
    },
  };
}

/** Fills `into` with the bytes of an open scratch file from `position` on. */
export function readScratch(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(file, into, done, into.length - done, position + done);
    if (count === 0) throw new Error("the scratch file of sorted rows ends too soon");
    done += count;
  }
}

/** Bytes that may be written to the disk of a folder; Infinity where the system does not say. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
