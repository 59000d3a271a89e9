/** @file Sampling in proportion to weights, with and without replacement. */
import { flag, InputError, knownOptions, show, wholeNumber } from "../errors.ts";
import { generator, stream, type Generator } from "./rng.ts";
import { checkedContext, type Sampler } from "./sampler.ts";
import { isArrayLike } from "./table.ts";

/** Options of {@link weighted}. */
export interface WeightedOptions {
  /** Draws in an epoch; default N with replacement, and the number of positive weights without. */
  readonly examples?: number;
  /** Draw each time from all examples (default true), or only from those not yet drawn in this epoch. */
  readonly replacement?: boolean;
}

/**
 * Draws example i with probability wᵢ / Σ w: independent draws by the alias method, or, without replacement, successive draws from
 * the examples left, wᵢ / Σ_left w. An example of weight 0 is never drawn.
 *
 * Source: Walker (1977) in Vose's form (1991), "A linear algorithm for generating random numbers with a given distribution".
 *
 * @param weights one non-negative finite number an example, not all 0; any scale
 * @throws InputError for a weight that is negative or not finite, for weights that are all 0, and, when the data is known, for another
 *   number of weights than examples
 * @example weighted([1, 1, 8]) // the third example makes up 80 % of the draws
 */
export function weighted(weights: ArrayLike<number>, options: WeightedOptions = {}): Sampler {
  knownOptions("weighted", options, ["examples", "replacement"]);
  const { examples, replacement = true } = options;
  flag("replacement", replacement);
  const table = checkedWeights(weights);
  if (examples !== undefined) wholeNumber("examples", examples);
  const available = table.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (!replacement && examples !== undefined && examples > available) {
    throw new InputError(
      `examples must be at most ${available}, the number of positive weights, when drawing without replacement; got ${examples}`,
    );
  }
  const draws = examples ?? (replacement ? table.length : available);
  const draw = replacement ? aliasDraws(table) : successiveDraws(table);
  return {
    kind: replacement ? "weighted" : "weighted without replacement",
    examples: () => draws,
    order: (context) => {
      const { size, seed, epoch } = checkedContext(context);
      if (size !== table.length) {
        throw new InputError(
          `weights must be one number an example: the data has ${size} examples, got ${table.length} weights`,
        );
      }
      return draw(draws, generator(seed, stream.order, epoch));
    },
  };
}

function checkedWeights(weights: ArrayLike<number>): Float64Array {
  if (!isArrayLike(weights)) {
    throw new InputError(`weights must be an array of numbers, got ${show(weights)}`);
  }
  const table = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < table.length; i++) {
    const weight = weights[i];
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
      throw new InputError(
        `a weight must be a finite number of at least 0, got ${show(weight)} for example ${i}`,
      );
    }
    table[i] = weight;
    total += weight;
  }
  if (total === 0) throw new InputError("weights must not all be 0; give at least one above 0");
  if (total === Infinity) {
    throw new InputError("the sum of the weights must be finite; divide them by a common factor");
  }
  return table;
}

type Draws = (count: number, random: Generator) => Int32Array;

/** Cell i keeps i with probability `keep[i]` and gives `alias[i]` otherwise; built in O(N), each draw in O(1). */
function aliasDraws(weights: Float64Array): Draws {
  const size = weights.length;
  const mean = weights.reduce((sum, weight) => sum + weight / size, 0);
  const keep = weights.map((weight) => weight / mean);
  const alias = new Int32Array(size);
  const small: number[] = [];
  const large: number[] = [];
  keep.forEach((share, i) => (share < 1 ? small : large).push(i));
  let heaviest = 0;
  weights.forEach((weight, i) => (heaviest = weight > (weights[heaviest] ?? 0) ? i : heaviest));
  for (let less = small.pop(); less !== undefined; less = small.pop()) {
    const more = large.pop();
    // Rounding can leave cells that are 1 up to the last bits; one of weight 0 must still never be drawn.
    if (more === undefined) {
      if (weights[less] === 0) alias[less] = heaviest;
      else keep[less] = 1;
      continue;
    }
    alias[less] = more;
    const left = (keep[more] ?? 0) - (1 - (keep[less] ?? 0));
    keep[more] = left;
    (left < 1 ? small : large).push(more);
  }
  return (count, random) => {
    const out = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const cell = random.integer(size);
      out[i] = random.uniform() < (keep[cell] ?? 1) ? cell : (alias[cell] ?? 0);
    }
    return out;
  };
}

/** A binary tree of sums over the weights left: every draw walks from the root to a leaf and takes it out. */
function successiveDraws(weights: Float64Array): Draws {
  let leaves = 1;
  while (leaves < weights.length) leaves *= 2;
  const full = new Float64Array(2 * leaves);
  full.set(weights, leaves);
  for (let node = leaves - 1; node >= 1; node--) full[node] = childSum(full, node);
  return (count, random) => {
    const sums = full.slice();
    return new Int32Array(count).map(() => {
      let left = random.uniform() * (sums[1] ?? 0);
      let node = 1;
      while (node < leaves) {
        const first = sums[2 * node] ?? 0;
        // The second test keeps rounding from leading into a branch where nothing is left.
        const goFirst = left < first || sums[2 * node + 1] === 0;
        if (!goFirst) left -= first;
        node = 2 * node + (goFirst ? 0 : 1);
      }
      const index = node - leaves;
      sums[node] = 0;
      for (node >>>= 1; node >= 1; node >>>= 1) sums[node] = childSum(sums, node);
      return index;
    });
  };
}

function childSum(sums: Float64Array, node: number): number {
  return (sums[2 * node] ?? 0) + (sums[2 * node + 1] ?? 0);
}
