/**
 * @file CRC-32 as in zip, gzip and PNG: polynomial 0x04c11db7, reflected (ISO 3309), eight bytes at a time.
 *
 * Source: M. Kounavis and F. Berry, "A systematic approach to building high performance software-based CRC generators", ISCC 2005.
 */

/** Remainder of a byte. */
const t0 = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Remainder of a byte and the zero bytes after it, from that with one zero fewer. */
const followed = (table: Int32Array): Int32Array =>
  table.map((value) => t0[value & 0xff]! ^ (value >>> 8));

const t1 = followed(t0);
const t2 = followed(t1);
const t3 = followed(t2);
const t4 = followed(t3);
const t5 = followed(t4);
const t6 = followed(t5);
const t7 = followed(t6);

/**
 * CRC-32 of some bytes, or of `before` and these bytes when that of `before` is given.
 *
 * @param before CRC-32 of what stands before the bytes; 0 by default: nothing
 * @example crc32(new TextEncoder().encode("123456789")).toString(16) // "cbf43926"
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  const whole = bytes.length - (bytes.length % 8);
  let i = 0;
  for (; i < whole; i += 8) {
    value ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    value =
      t7[value & 0xff]! ^
      t6[(value >>> 8) & 0xff]! ^
      t5[(value >>> 16) & 0xff]! ^
      t4[value >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) value = t0[(value ^ bytes[i]!) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
