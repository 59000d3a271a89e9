import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { gunzip, isGzip } from "./gunzip.ts";

const text = new TextEncoder().encode("mini-batch gradient descent ".repeat(500));
const zipped = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

describe("gunzip", () => {
  it("reads what zlib wrote", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        expect(await gunzip(zipped(bytes))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
    expect(await gunzip(zipped(text))).toEqual(text);
    expect(isGzip(zipped(text))).toBe(true);
    expect(isGzip(text)).toBe(false);
  });

  it("reads files of several members and views into larger buffers", async () => {
    const twice = Uint8Array.of(...zipped(text), ...zipped(Uint8Array.of(7)));
    expect(await gunzip(twice)).toEqual(Uint8Array.of(...text, 7));
    const framed = Uint8Array.of(1, 2, 3, ...zipped(text), 4);
    expect(await gunzip(framed.subarray(3, -1))).toEqual(text);
  });

  it("gives an array of exactly the decompressed length", async () => {
    const bytes = await gunzip(zipped(text));
    expect(bytes.buffer.byteLength).toBe(text.length);
  });

  it("refuses truncated files, trailing bytes and no gzip at all, naming the file", async () => {
    const whole = zipped(text);
    for (const length of [0, 1, 17, 18, 30, whole.length - 8, whole.length - 1]) {
      await expect(gunzip(whole.subarray(0, length), "a.gz")).rejects.toThrow(
        /^a\.gz is (corrupt|not)/,
      );
    }
    await expect(gunzip(Uint8Array.of(...whole, 9, 9), "a.gz")).rejects.toThrow(DataError);
    await expect(gunzip(text, "a.gz")).rejects.toThrow(DataError);
  });

  it("never gives other bytes after a flipped bit, and refuses a wrong checksum and length", async () => {
    const whole = zipped(text);
    let refused = 0;
    // Bytes 0 to 9 are the header, where time and system may be anything.
    for (let at = 10; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      // A flip in the length of a code that is not used does no harm.
      const result = await gunzip(bytes, "a.gz").catch((error: unknown) => error);
      if (result instanceof DataError) {
        expect(result.message).toMatch(/^a\.gz is corrupt: .*$/);
        refused++;
      } else {
        expect(at).toBeLessThan(whole.length - 8);
        expect(result).toEqual(text);
      }
    }
    expect(refused).toBeGreaterThan(0.9 * (whole.length - 10));
  });
});
