/** @file What a learning-rate schedule is. Schedules count examples, so that they do not depend on the batch size. */

/** How far a run has come. */
export interface Progress {
  /** Examples visited before this update. */
  readonly examples: number;
  readonly examplesPerEpoch: number;
  /** Examples that the run will visit, where its budget says so. */
  readonly totalExamples?: number | undefined;
}

/** The learning rate as a function of progress. */
export interface Schedule {
  readonly name: string;
  readonly learningRate: (progress: Progress) => number;
  /** Schedules that watch a value (on plateau): given each new value, the factor on the learning rate from here on. */
  readonly watch?: PlateauRule;
}

/** A pure state machine over the watched values: lower is better. */
export interface PlateauRule {
  readonly initial: PlateauState;
  readonly next: (state: PlateauState, value: number) => PlateauState;
}

export interface PlateauState {
  /** Multiplies the learning rate. */
  readonly factor: number;
  readonly best: number;
  /** Values since the best one. */
  readonly waited: number;
  /** Values still to be ignored after a reduction. */
  readonly cooldown: number;
}
