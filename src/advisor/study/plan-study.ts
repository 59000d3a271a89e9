/** @file From options to a study: everything is checked here, before any work starts. */
import type { Dataset } from "../../data/dataset.ts";
import { range } from "../../data/sampler.ts";
import { take } from "../../data/split.ts";
import { InputError, knownOptions, list, positive, show, wholeNumber } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import { requireInMemory } from "../../train/check.ts";
import type { CompareOptions } from "../compare-options.ts";
import { planRace } from "../plan-race.ts";
import { claimTests } from "./claim-list.ts";
import type { StudyOptions, StudyPlan } from "./options.ts";

const optionNames: readonly (keyof StudyOptions)[] = [
  "claims",
  "seeds",
  "seed",
  "seconds",
  "optimizer",
  "loss",
  "dtype",
  "validation",
  "cores",
  "memory",
  "signal",
  "runtime",
  "environment",
];

/** Rows to evaluate on: more would cost time and say little more. */
const validationRows = 2000;

/** Checks everything before any work starts. @throws InputError, ShapeError, DataError */
export function planStudy(model: Model, data: Dataset, options: StudyOptions): StudyPlan {
  knownOptions("study", options, optionNames);
  requireInMemory("study", data);
  const { seeds = 3, seconds = 4 } = options;
  const count = wholeNumber("seeds", seeds);
  const claims = claimsOf(options.claims);
  positive("seconds", seconds);
  const { training, validation, seed } = planRace(model, data, raceOptions(options));
  const fewer =
    validation.size > validationRows ? take(validation, range(validationRows)) : validation;
  return {
    race: planRace(model, training, { ...raceOptions(options), validation: fewer, seed }),
    claims,
    seeds: Array.from({ length: count }, (_, i) => seed + i),
    seconds,
    options,
  };
}

function claimsOf(asked: readonly number[] | undefined): readonly number[] {
  const most = claimTests.length;
  const numbers = asked === undefined ? claimTests.map((_, i) => i + 1) : list("claims", asked, "[1, 5]"); // prettier-ignore
  if (numbers.length === 0)
    throw new InputError(`claims must hold at least one number from 1 to ${most}, got none`);
  for (const number of numbers)
    if (!Number.isInteger(number) || number < 1 || number > most)
      throw new InputError(`claims must be whole numbers from 1 to ${most}, got ${show(number)}`);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** What all races of a study have in common. */
function raceOptions(options: StudyOptions): CompareOptions<Dataset> {
  const { optimizer, loss, dtype, validation, cores, memory, signal, runtime } = options;
  const { environment, seed } = options;
  const all = {
    ...{ optimizer, loss, dtype, validation, cores, memory, signal, runtime },
    ...{ environment, seed },
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as Partial<CompareOptions<Dataset>>),
    batchSizes: [1, "full"],
    ...{ plane: false, noisePoints: 0 },
  };
}
