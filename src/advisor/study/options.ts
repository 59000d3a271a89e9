/** @file What a study is made of: its options, checked, and the data it looks at. */
import type { Dataset } from "../../data/dataset.ts";
import { take } from "../../data/split.ts";
import { InputError, knownOptions, list, positive, show, wholeNumber } from "../../errors.ts";
import type { Loss } from "../../nn/loss.ts";
import type { Model } from "../../nn/model.ts";
import type { Runtime } from "../../runtime/ort.ts";
import { range } from "../../data/sampler.ts";
import type { CompareOptions, MemoryProbe, RacePlan } from "../compare-options.ts";
import { planRace } from "../plan-race.ts";
import { claimTests } from "./claim-list.ts";
import { requireInMemory } from "../../train/check.ts";

/** Options of `study`. */
export interface StudyOptions {
  /** Numbers of the claims to test, from 1; all by default. */
  readonly claims?: readonly number[];
  /** Everything that depends on chance is measured with this many seeds: seed, seed + 1, …; 3 by default. */
  readonly seeds?: number;
  /** Whole number from 0; drawn at random when absent, and always recorded in the result. */
  readonly seed?: number;
  /** Seconds of training that one race to a target may take; 4 by default. A race that has not arrived by then tells a lower bound. */
  readonly seconds?: number;
  /**
   * A name, or a function of the learning rate; `"sgd"` by default. Claims 4 to 6 are about gradients and what they do by themselves: they
   * take plain gradient descent whatever is given.
   */
  readonly optimizer?: CompareOptions["optimizer"];
  readonly loss?: string | Loss;
  readonly dtype?: "float32" | "float64";
  /** Data to evaluate on, of which 2,000 rows are used; without it the last tenth of the training data is set apart. */
  readonly validation?: Dataset;
  /** Cores of this machine; 1 by default. */
  readonly cores?: number;
  /** Resident memory of the process, for the claim about memory; without it that claim cannot be tested. */
  readonly memory?: MemoryProbe;
  readonly signal?: AbortSignal;
  readonly runtime?: Runtime;
  /** Names of versions and machine, for the record. */
  readonly environment?: CompareOptions["environment"];
}

/** A study that is ready to start. */
export interface StudyPlan {
  readonly race: RacePlan;
  /** Numbers of the claims to test, ascending. */
  readonly claims: readonly number[];
  readonly seeds: readonly number[];
  /** Bound on one race to a target. */
  readonly seconds: number;
  readonly options: StudyOptions;
}

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
