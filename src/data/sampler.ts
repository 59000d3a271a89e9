/**
 * @file Samplers: the order in which an epoch visits the examples, as a pure function of (seed, epoch).
 *
 * An order knows nothing of batches, so the batch size, the engine and the threads cannot change it.
 */
import { InputError, knownOptions, object, show, wholeNumber } from "../errors.ts";
import { generator, stream } from "./rng.ts";
import { isArrayLike } from "./table.ts";

/** What an order may depend on. */
export interface SamplerContext {
  /** Number of examples in the data, N. */
  readonly size: number;
  /** Whole number from 0 to 2⁵³ − 1. */
  readonly seed: number;
  /** Epoch number, from 0. */
  readonly epoch: number;
  /** Class index of each example, where the data has classes; `stratified()` needs it. */
  readonly labels?: ArrayLike<number>;
}

/** A visiting order for every epoch. */
export interface Sampler {
  /** `"shuffled"`, `"in order"`, …: for reports. */
  readonly kind: string;
  /** Example indices of one epoch in the order of the visits; a fresh array, the same for the same context. */
  order(context: SamplerContext): Int32Array;
  /** The batches of one epoch, where the sampler cuts them itself; their concatenation is `order`. */
  batches?(context: SamplerContext): readonly Int32Array[];
  /** Visits in every epoch of data of `size` examples; undefined where epochs may differ. */
  examples(size: number): number | undefined;
}

/**
 * Every example once an epoch in uniformly random order (Fisher–Yates); the default.
 *
 * @example shuffled().order({ size: 5, seed: 1, epoch: 0 })
 */
export function shuffled(): Sampler {
  return {
    kind: "shuffled",
    examples: (size) => size,
    order: (context) => {
      const { size, seed, epoch } = checkedContext(context);
      return shuffleInPlace(range(size), generator(seed, stream.order, epoch).integer);
    },
  };
}

/** Examples 0, 1, …, N − 1 in every epoch. */
export function inOrder(): Sampler {
  return {
    kind: "in order",
    examples: (size) => size,
    order: (context) => range(checkedContext(context).size),
  };
}

/**
 * Independent uniform draws: an example can come several times in an epoch, or not at all.
 *
 * @param options `examples`: draws in an epoch (default N)
 */
export function withReplacement(options: { readonly examples?: number } = {}): Sampler {
  knownOptions("withReplacement", options, ["examples"]);
  const { examples } = options;
  if (examples !== undefined) wholeNumber("examples", examples);
  return {
    kind: "with replacement",
    examples: (size) => examples ?? size,
    order: (context) => {
      const { size, seed, epoch } = checkedContext(context);
      const { integer } = generator(seed, stream.order, epoch);
      return new Int32Array(examples ?? size).map(() => integer(size));
    },
  };
}

/** A batch of example indices given by the user. */
export type IndexBatch = ArrayLike<number>;

/**
 * Batches of indices that the user hands over; sizes may differ, an example may come any number of times.
 *
 * @param source an iterable that can be read again each epoch (an array, a set, an object with `[Symbol.iterator]`), or a function
 *   of the epoch that returns an iterable
 * @throws InputError for an iterator that can be read only once; when read, for no batches, an empty batch, and an index that is not
 *   a whole number from 0 to N − 1
 * @example indexBatches([[0, 1, 2], [3, 4]])
 * @example indexBatches(function* (epoch) { yield [epoch, epoch + 1]; })
 */
export function indexBatches(
  source: Iterable<IndexBatch> | ((epoch: number) => Iterable<IndexBatch>),
): Sampler {
  const read = checkedSource(source);
  const batches = (context: SamplerContext): readonly Int32Array[] => {
    const { size, epoch } = checkedContext(context);
    const rows = Array.from(iterableOf(read(epoch)), (batch, at) => checkedBatch(batch, at, size));
    if (rows.length > 0) return rows;
    throw new InputError(
      `index batches: epoch ${epoch} has no batches; give at least one non-empty batch`,
    );
  };
  return {
    kind: "index batches",
    examples: () => undefined,
    batches,
    order: (context) => concatenate(batches(context)),
  };
}

/** Shuffles in place by Fisher–Yates from the end: swaps i with a uniform j ≤ i. */
export function shuffleInPlace<T extends Int32Array | number[]>(
  values: T,
  integer: (n: number) => number,
): T {
  for (let i = values.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    const kept = values[i] ?? 0;
    values[i] = values[j] ?? 0;
    values[j] = kept;
  }
  return values;
}

/** The indices 0, 1, …, size − 1. */
export function range(size: number): Int32Array {
  const out = new Int32Array(size);
  for (let i = 0; i < size; i++) out[i] = i;
  return out;
}

/** `context` when its size and epoch are whole numbers; the seed is checked by the generator. @throws InputError */
export function checkedContext(context: SamplerContext): SamplerContext {
  wholeNumber("the number of examples", object("what an order depends on", context).size);
  if (context.size > 2 ** 31 - 1) {
    throw new InputError(`the number of examples must be below 2^31, got ${context.size}`);
  }
  wholeNumber("epoch", context.epoch, 0);
  return context;
}

function checkedSource(
  source: Iterable<IndexBatch> | ((epoch: number) => Iterable<IndexBatch>),
): (epoch: number) => Iterable<IndexBatch> {
  if (typeof source === "function") return source;
  const batches = iterableOf(source);
  const iterator: unknown = batches[Symbol.iterator]();
  if (iterator !== batches) return () => batches;
  throw new InputError(
    "index batches are read again in every epoch, and this iterator can be read only once: give an array of batches, or a function of the epoch",
  );
}

function iterableOf(source: unknown): Iterable<IndexBatch> {
  if (typeof source === "object" && source !== null && Symbol.iterator in source) {
    return source as Iterable<IndexBatch>;
  }
  throw new InputError(
    `index batches must be an iterable of arrays of indices, or a function of the epoch that returns one, got ${show(source)}`,
  );
}

function checkedBatch(batch: unknown, at: number, size: number): Int32Array {
  if (!isArrayLike(batch)) {
    throw new InputError(`index batch ${at} must be an array of indices, got ${show(batch)}`);
  }
  if (batch.length === 0) {
    throw new InputError(`index batch ${at} is empty; a batch needs at least one index`);
  }
  const out = new Int32Array(batch.length);
  for (let i = 0; i < out.length; i++) {
    const index = batch[i];
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= size) {
      throw new InputError(
        `index batch ${at}, position ${i}: an index must be a whole number from 0 to ${size - 1}, got ${show(index)}`,
      );
    }
    out[i] = index;
  }
  return out;
}

function concatenate(rows: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(rows.reduce((total, row) => total + row.length, 0));
  let at = 0;
  for (const row of rows) {
    out.set(row, at);
    at += row.length;
  }
  return out;
}
