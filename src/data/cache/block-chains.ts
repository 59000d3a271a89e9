/** @file Chains of blocks in a scratch file. What was taken from a chain is written over, so that the file does not grow by what passes through. */
import { invariant } from "../../errors.ts";

/** Where blocks are kept. */
export interface BlockDevice {
  readonly write: (bytes: Uint8Array, position: number) => void;
  /** Fills `into` with the bytes from `position` on. */
  readonly read: (into: Uint8Array, position: number) => void;
}

/** A scratch file. */
export interface Scratch extends BlockDevice {
  /** Makes it empty. */
  readonly clear: () => void;
  readonly close: () => void;
}

/** Blocks one after the other; −1 where there is none. */
export interface Chain {
  first: number;
  last: number;
}

/** A part of a block, from byte `from` of it on, and where it goes. */
export interface BlockPart {
  readonly from: number;
  readonly into: Uint8Array;
}

/** A file of blocks of one size. */
export interface BlockChains {
  readonly blockBytes: number;
  /** Writes a block to the end of a chain. */
  readonly append: (chain: Chain, block: Uint8Array) => void;
  /** Reads parts of the first block of a chain, which is free from then on. */
  readonly take: (chain: Chain, parts: readonly BlockPart[]) => void;
  /** Gives the blocks of a chain back. */
  readonly drop: (chain: Chain) => void;
  /** Blocks of the file, those that are free included. */
  readonly blocks: () => number;
}

/** A chain of no blocks. */
export const emptyChain = (): Chain => ({ first: -1, last: -1 });

/** Chains in an empty file. */
export function blockChains(device: BlockDevice, blockBytes: number): BlockChains {
  /** By block, the one that follows in its chain. */
  const next: number[] = [];
  const free = emptyChain();
  const link = (chain: Chain, block: number): void => {
    if (chain.first < 0) chain.first = block;
    else next[chain.last] = block;
    chain.last = block;
    next[block] = -1;
  };
  const unlink = (chain: Chain): number => {
    const { first } = chain;
    invariant(first >= 0, "a chain has no more blocks");
    chain.first = next[first]!;
    return first;
  };
  return {
    blockBytes,
    append(chain, bytes) {
      invariant(bytes.length === blockBytes, "not a block");
      const block = free.first < 0 ? next.length : free.first;
      device.write(bytes, block * blockBytes);
      if (block === free.first) unlink(free);
      link(chain, block);
    },
    take(chain, parts) {
      const block = unlink(chain);
      for (const { from, into } of parts) device.read(into, block * blockBytes + from);
      link(free, block);
    },
    drop(chain) {
      while (chain.first >= 0) link(free, unlink(chain));
    },
    blocks: () => next.length,
  };
}
