/** @file The options of a study, and what they come to. */
import type { Dataset } from "../../data/dataset.ts";
import type { Loss } from "../../nn/loss.ts";
import type { Runtime } from "../../runtime/ort.ts";
import type { CompareOptions, MemoryProbe, RacePlan } from "../compare-options.ts";

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
