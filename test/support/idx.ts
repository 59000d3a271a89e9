/** @file A writer of IDX bytes for tests, written from the format's description and not from our parser. */

/** `DataView` setter and size of each IDX element type. */
export const idxTypes = {
  uint8: { code: 0x08, bytes: 1, set: "setUint8" },
  int8: { code: 0x09, bytes: 1, set: "setInt8" },
  int16: { code: 0x0b, bytes: 2, set: "setInt16" },
  int32: { code: 0x0c, bytes: 4, set: "setInt32" },
  float32: { code: 0x0d, bytes: 4, set: "setFloat32" },
  float64: { code: 0x0e, bytes: 8, set: "setFloat64" },
} as const;

/** An IDX file of `values`. */
export function idxBytes(
  type: keyof typeof idxTypes,
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const { code, bytes, set } = idxTypes[type];
  const out = new Uint8Array(4 + 4 * shape.length + bytes * values.length);
  const view = new DataView(out.buffer);
  out.set([0, 0, code, shape.length]);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size, false);
  });
  Array.from(values).forEach((value, i) => {
    view[set](4 + 4 * shape.length + bytes * i, value, false);
  });
  return out;
}
