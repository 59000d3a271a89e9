/** @file Records that were read, put into the blocks of their windows: the x of the rows of a block side by side, and then the y. */
import type { RecordLayout } from "./record.ts";
import type { RowWindows } from "./row-windows.ts";
import type { SortBlock } from "./sort-blocks.ts";

/** Records on their way from a span into a block for each window. */
export interface Distribution {
  /** Takes `count` records, of which the first is row `first`. */
  readonly take: (first: number, count: number) => void;
  /** Flushes the blocks that are not full. */
  readonly end: () => void;
}

/** Memory of a distribution, of which both are parts. */
export interface DistributionMemory {
  /** Records that were read. */
  readonly span: Uint8Array<ArrayBuffer>;
  /** A block for each window. */
  readonly blocks: Uint8Array<ArrayBuffer>;
}

/** What is distributed, and where. */
export interface DistributionOptions extends DistributionMemory {
  /** By row. */
  readonly windows: RowWindows;
  /** The rows of the windows from this one on are wanted, … */
  readonly first: number;
  /** … up to this one, without it. */
  readonly end: number;
  readonly layout: RecordLayout;
  readonly block: SortBlock;
  /** Takes the block of a window. */
  readonly flush: (window: number) => void;
}

/** Memory for `spanBytes` and `blockBytes`: in one piece, because that is copied within by the platform without an object for each row. */
export function distributionMemory(spanBytes: number, blockBytes: number): DistributionMemory {
  const blocksAt = Math.ceil(spanBytes / 8) * 8;
  const memory = new ArrayBuffer(blocksAt + blockBytes);
  return {
    span: new Uint8Array(memory, 0, spanBytes),
    blocks: new Uint8Array(memory, blocksAt, blockBytes),
  };
}

/** Distributes the rows of some of the windows. */
export function distribution(options: DistributionOptions): Distribution {
  const { windows, first, end, layout, block, flush, blocks } = options;
  const { xBytes, yBytes, bytes } = layout;
  const whole = new Uint8Array(blocks.buffer);
  const copyX = copier(whole, xBytes, layout);
  const copyY = copier(whole, yBytes, layout);
  /** By window, the rows in its block. */
  const filled = new Int32Array(end);
  return {
    take(start, count) {
      for (let i = 0; i < count; i++) {
        const window = windows[start + i]!;
        if (window < first || window >= end) continue;
        const row = filled[window]!++;
        const from = i * bytes;
        const to = blocks.byteOffset + window * block.bytes;
        copyX(from, to + row * xBytes);
        copyY(from + xBytes, to + block.rows * xBytes + row * yBytes);
        if (row + 1 < block.rows) continue;
        flush(window);
        filled[window] = 0;
      }
    },
    end() {
      for (let window = first; window < end; window++) if (filled[window]! > 0) flush(window);
    },
  };
}

/** Up to this many bytes a loop over words is quicker than a call of the platform. */
const LOOP = 64;

/** Copies `bytes` bytes to and fro within memory. */
function copier(
  memory: Uint8Array<ArrayBuffer>,
  bytes: number,
  { xBytes, yBytes }: RecordLayout,
): (from: number, to: number) => void {
  if (bytes > LOOP || xBytes % 4 !== 0 || yBytes % 4 !== 0)
    return (from, to) => {
      memory.copyWithin(to, from, from + bytes);
    };
  const words = new Int32Array(memory.buffer, 0, memory.length >>> 2);
  return (from, to) => {
    for (let at = from >>> 2, place = to >>> 2, stop = at + (bytes >>> 2); at < stop;)
      words[place++] = words[at++]!;
  };
}
