/** @file The other way round: for each row the window of an epoch in which it is visited. */

/** For each row the number of its window; {@link noWindow} where it has none. */
export type RowWindows = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

/** Bytes of a window number, where there are so many windows; undefined where there are too many. */
export function windowNumberBytes(windows: number): 1 | 2 | undefined {
  if (windows < 2 ** 8) return 1;
  return windows < 2 ** 16 ? 2 : undefined;
}

/** What stands for no window. */
export function noWindow(windows: RowWindows): number {
  return 2 ** (8 * windows.BYTES_PER_ELEMENT) - 1;
}

/**
 * The windows of the rows of an order: window w is of the visits `starts[w]` … `starts[w + 1]` − 1. Undefined where a row is visited more than
 * once, or there are more windows than 16 bits can number.
 */
export function rowWindows(
  order: Int32Array,
  starts: Int32Array,
  size: number,
): RowWindows | undefined {
  const bytes = windowNumberBytes(starts.length - 1);
  if (bytes === undefined) return undefined;
  const windows = bytes === 1 ? new Uint8Array(size) : new Uint16Array(size);
  const none = noWindow(windows);
  windows.fill(none);
  for (let w = 0; w + 1 < starts.length; w++) {
    const end = starts[w + 1]!;
    for (let visit = starts[w]!; visit < end; visit++) {
      const row = order[visit]!;
      if (windows[row] !== none) return undefined;
      windows[row] = w;
    }
  }
  return windows;
}
