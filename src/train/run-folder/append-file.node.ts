/** @file A file that only grows, and that is cut to a known length when its writer goes on. */
import { closeSync, constants, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { crc32 } from "../../data/arrays/crc32.ts";
import { writeAll } from "./durable.node.ts";

/** A file that is open for appending. */
export class AppendFile {
  readonly #file: number;
  #bytes: number;
  #sum: number;

  /**
   * Opens the file, or makes it.
   *
   * @param keep what stays of it: its first bytes, with their CRC-32 where that matters; nothing by default
   */
  constructor(
    path: string,
    keep: { readonly bytes: number; readonly crc32?: number } = { bytes: 0 },
  ) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
    this.#bytes = keep.bytes;
    this.#sum = keep.crc32 ?? 0;
    ftruncateSync(this.#file, keep.bytes);
  }

  /** What was appended so far. */
  get mark(): { readonly bytes: number; readonly crc32: number } {
    return { bytes: this.#bytes, crc32: this.#sum };
  }

  /** Appends all bytes or none, as far as the system allows. */
  append(bytes: Uint8Array): void {
    try {
      writeAll(this.#file, bytes, this.#bytes);
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#bytes += bytes.length;
    this.#sum = crc32(bytes, this.#sum);
  }

  /** What was appended is on the device when the call returns. */
  flush(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #cut(): void {
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      // The next one who goes on cuts it.
    }
  }
}
