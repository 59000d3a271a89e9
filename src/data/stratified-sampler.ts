/** @file An order in which every stretch of the epoch holds the classes in proportion. */
import { InputError, show } from "../errors.ts";
import { generator, stream, type Generator } from "./rng.ts";
import { checkedContext, shuffleInPlace, type Sampler } from "./sampler.ts";
import { isArrayLike } from "./table.ts";

/**
 * Every example once an epoch; within a class in uniformly random order; and among the first t visits class c comes
 * ⌊t·n_c/N⌋ or ⌈t·n_c/N⌉ times, for every t. So a batch of B holds B·n_c/N of class c to within 2, whatever B is.
 *
 * Source: the windows and "earliest deadline first" of Baruah, Cohen, Plaxton, Varvel (1996), "Proportionate progress".
 *
 * @param labels one label an example (any numbers; equal numbers are one class); default: the class indices of the data
 * @throws InputError when there are no labels, or another number of them than examples
 * @example stratified([0, 0, 1, 1]).order({ size: 4, seed: 1, epoch: 0 })
 */
export function stratified(labels?: ArrayLike<number>): Sampler {
  if (labels !== undefined) checkLabels(labels);
  return {
    kind: "stratified",
    examples: (size) => size,
    order: (context) => {
      const { size, seed, epoch } = checkedContext(context);
      const groups = groupByLabel(labels ?? context.labels, size);
      const random = generator(seed, stream.order, epoch);
      for (const group of groups) shuffleInPlace(group, random.integer);
      return interleave(groups, size, random);
    },
  };
}

/**
 * Example indices of each class, ascending, classes in order of their first example.
 *
 * @throws InputError when labels are missing or not one an example
 */
export function groupByLabel(labels: ArrayLike<number> | undefined, size: number): number[][] {
  if (labels === undefined) {
    throw new InputError(
      "stratified sampling needs class labels: the data has none, give them as stratified(labels)",
    );
  }
  checkLabels(labels);
  if (labels.length !== size) {
    throw new InputError(
      `labels must be one an example: the data has ${size} examples, got ${labels.length} labels`,
    );
  }
  const groups = new Map<number, number[]>();
  for (let i = 0; i < size; i++) {
    const label = labels[i];
    if (typeof label !== "number" || Number.isNaN(label)) {
      throw new InputError(`a label must be a number, got ${show(label)} for example ${i}`);
    }
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [i]);
    else group.push(i);
  }
  return [...groups.values()];
}

function checkLabels(labels: ArrayLike<number>): void {
  if (isArrayLike(labels)) return;
  throw new InputError(`labels must be an array of numbers, got ${show(labels)}`);
}

/**
 * Member j of a class of n may come at visits ⌊jN/n⌋ to ⌈(j + 1)N/n⌉ − 1. Taking, of the members whose time has come, the one whose
 * time ends first keeps all of these windows; ties fall at random.
 */
function interleave(groups: readonly number[][], size: number, random: Generator): Int32Array {
  const order = new Int32Array(size);
  const taken = new Int32Array(groups.length);
  const arrivals = new Map<number, number[]>();
  const ready = priorityQueue();
  const enqueue = (c: number, now: number): void => {
    const count = groups[c]?.length ?? 0;
    const j = taken[c] ?? 0;
    if (j >= count) return;
    const opens = Math.floor((j * size) / count);
    if (opens > now) {
      const sameTime = arrivals.get(opens);
      if (sameTime === undefined) arrivals.set(opens, [c]);
      else sameTime.push(c);
    } else ready.push(c, Math.ceil(((j + 1) * size) / count) + random.uniform());
  };
  groups.forEach((_, c) => {
    enqueue(c, 0);
  });
  for (let now = 0; now < size; now++) {
    for (const c of arrivals.get(now) ?? []) enqueue(c, now);
    arrivals.delete(now);
    const c = ready.pop();
    const j = taken[c] ?? 0;
    order[now] = groups[c]?.[j] ?? 0;
    taken[c] = j + 1;
    enqueue(c, now + 1);
  }
  return order;
}

/** A binary heap of items by ascending key. */
function priorityQueue(): { push(item: number, key: number): void; pop(): number } {
  const items: number[] = [];
  const keys: number[] = [];
  const before = (a: number, b: number): boolean => (keys[a] ?? Infinity) < (keys[b] ?? Infinity);
  const swap = (a: number, b: number): void => {
    [items[a], items[b]] = [items[b] ?? 0, items[a] ?? 0];
    [keys[a], keys[b]] = [keys[b] ?? 0, keys[a] ?? 0];
  };
  return {
    push(item, key) {
      let at = items.push(item) - 1;
      keys.push(key);
      for (let up = (at - 1) >> 1; at > 0 && before(at, up); up = (at - 1) >> 1) {
        swap(at, up);
        at = up;
      }
    },
    pop() {
      const top = items[0] ?? -1;
      swap(0, items.length - 1);
      items.pop();
      keys.pop();
      for (let at = 0; ;) {
        let least = at;
        if (before(2 * at + 1, least)) least = 2 * at + 1;
        if (before(2 * at + 2, least)) least = 2 * at + 2;
        if (least === at) return top;
        swap(at, least);
        at = least;
      }
    },
  };
}
