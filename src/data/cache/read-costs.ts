/** @file What reads of a file cost here: how long a short one takes, and a byte of a long one, measured as they are made. */

/** Reads that are watched. */
export interface WatchedReads {
  /** Fills `into` with the bytes from `position` on. */
  readonly read: (into: Uint8Array, position: number) => void;
  /** Bytes that are worth reading and throwing away sooner than that a second read is made. */
  readonly gapBytes: () => number;
}

/** Reads of at most so many bytes tell what a read takes, those of at least so many what a byte takes. */
const [SHORT, LONG] = [2 ** 12, 2 ** 16];

/** Bounds of the gap. */
const [LEAST_GAP, MOST_GAP] = [2 ** 11, 2 ** 18];

/** Seconds of a byte while no long read has been made: 4 GB/s. */
const USUAL_BYTE = 1 / 4e9;

/** Of so many reads one is timed: in memory the clock takes a tenth of the time of a short read. */
const TIMED = 8;

/**
 * Watches `read`. Two reads with a gap of g bytes between them take as long as one over the gap when g = (seconds of a short read) / (seconds
 * of a byte): some kilobytes where the system has the file in memory, a hundred and more where each read goes to a disk. What was measured
 * before the last `gapBytes` counts half.
 *
 * @param now a clock, in seconds
 */
export function watchReads(read: WatchedReads["read"], now: () => number): WatchedReads {
  const short = { reads: 0, seconds: 0 };
  const long = { bytes: 0, seconds: 0 };
  let calls = 0;
  return {
    read(into, position) {
      if (calls++ % TIMED !== 0) {
        read(into, position);
        return;
      }
      const start = now();
      read(into, position);
      const seconds = now() - start;
      if (into.length <= SHORT) {
        short.reads++;
        short.seconds += seconds;
      } else if (into.length >= LONG) {
        long.bytes += into.length;
        long.seconds += seconds;
      }
    },
    gapBytes() {
      if (short.reads === 0) return LEAST_GAP;
      const byte = long.bytes === 0 ? USUAL_BYTE : long.seconds / long.bytes;
      const gap = short.seconds / short.reads / byte;
      short.reads /= 2;
      short.seconds /= 2;
      long.bytes /= 2;
      long.seconds /= 2;
      return Math.min(MOST_GAP, Math.max(LEAST_GAP, gap));
    },
  };
}
