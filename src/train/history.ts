/** @file What a run remembers: columns, one entry an update, an epoch or an evaluation. */

/** Numbers that are appended to; grows by doubling. What was written is never written to again. */
export class Column {
  #values: Float64Array;
  #length: number;

  constructor(from: Float64Array = new Float64Array(0)) {
    this.#length = from.length;
    this.#values = new Float64Array(Math.max(256, from.length));
    this.#values.set(from);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** The values from `start` on, as a copy. */
  slice(start = 0, end: number = this.#length): Float64Array {
    return this.#values.slice(start, Math.min(end, this.#length));
  }

  /** The values so far, as a view that stays as it is. */
  view(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

/** One entry an update. */
export interface UpdateColumns {
  /** Loss of the batch before its update, penalty included. */
  readonly loss: Float64Array;
  readonly learningRate: Float64Array;
  /** Examples of the batch. */
  readonly batchSize: Float64Array;
  /** Norm of the gradient before clipping; only with `gradientNorm: true`. */
  readonly gradientNorm?: Float64Array;
}

/** One entry an evaluation of the validation data. */
export interface EvaluationColumns {
  readonly updates: readonly number[];
  readonly examples: readonly number[];
  /** Epochs, with the fraction of the one under way. */
  readonly epochs: readonly number[];
  /** Seconds of training. */
  readonly seconds: readonly number[];
  readonly loss: readonly number[];
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

/** The history of a run, in columns. */
export interface History {
  /** Numbers of the whole epochs, from 1. */
  readonly epoch: readonly number[];
  /** Mean loss of each whole epoch, weighted by batch size; each batch counts with its loss before its update. */
  readonly loss: readonly number[];
  /** Last validation loss within each epoch; NaN where there was none. */
  readonly valLoss: readonly number[];
  /** Last validation metrics within each epoch, by name. */
  readonly valMetrics: Readonly<Record<string, readonly number[]>>;
  readonly updates: UpdateColumns;
  readonly evaluations: EvaluationColumns;
}

/** One evaluation. */
export interface Evaluation {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Where in a run something happened. */
export interface Moment {
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  readonly seconds: number;
}

/** All that a {@link Recorder} holds. Its arrays are never written to again. */
export interface RecordedHistory {
  readonly updates: UpdateColumns;
  readonly epochs: readonly EpochEntry[];
  readonly evaluations: readonly (Moment & Evaluation)[];
  /** Of the epoch under way. */
  readonly open: {
    readonly evaluation: Evaluation | null;
    /** Losses times batch sizes, and batch sizes, added up. */
    readonly sum: number;
    readonly examples: number;
  };
}

/** A whole epoch: its mean loss, and its last evaluation. */
interface EpochEntry {
  readonly loss: number;
  readonly evaluation: Evaluation | null;
}

const none = new Float64Array(0);

const nothing: RecordedHistory = {
  updates: { loss: none, learningRate: none, batchSize: none },
  epochs: [],
  evaluations: [],
  open: { evaluation: null, sum: 0, examples: 0 },
};

/** Collects a history while a run goes on. */
export class Recorder {
  readonly #loss: Column;
  readonly #learningRate: Column;
  readonly #batchSize: Column;
  readonly #gradientNorm: Column;
  readonly #epochs: EpochEntry[];
  readonly #evaluations: (Moment & Evaluation)[];
  readonly #metrics: readonly string[];
  #pending: Evaluation | null;
  #epochSum: number;
  #epochExamples: number;

  /** @param from what was recorded before, to be gone on with */
  constructor(metrics: readonly string[], from: RecordedHistory = nothing) {
    const { updates, epochs, evaluations, open } = from;
    this.#metrics = metrics;
    this.#loss = new Column(updates.loss);
    this.#learningRate = new Column(updates.learningRate);
    this.#batchSize = new Column(updates.batchSize);
    this.#gradientNorm = new Column(updates.gradientNorm);
    this.#epochs = [...epochs];
    this.#evaluations = [...evaluations];
    this.#pending = open.evaluation;
    this.#epochSum = open.sum;
    this.#epochExamples = open.examples;
  }

  /** All that was recorded so far. */
  recorded(): RecordedHistory {
    const { length } = this.#gradientNorm;
    return {
      updates: {
        loss: this.#loss.view(),
        learningRate: this.#learningRate.view(),
        batchSize: this.#batchSize.view(),
        ...(length > 0 ? { gradientNorm: this.#gradientNorm.view() } : {}),
      },
      epochs: [...this.#epochs],
      evaluations: [...this.#evaluations],
      open: { evaluation: this.#pending, sum: this.#epochSum, examples: this.#epochExamples },
    };
  }

  update(loss: number, learningRate: number, batchSize: number, gradientNorm?: number): void {
    this.#loss.push(loss);
    this.#learningRate.push(learningRate);
    this.#batchSize.push(batchSize);
    if (gradientNorm !== undefined) this.#gradientNorm.push(gradientNorm);
    this.#epochSum += loss * batchSize;
    this.#epochExamples += batchSize;
  }

  /** Closes an epoch and returns its mean loss. */
  epoch(): number {
    const mean = this.#epochSum / this.#epochExamples;
    this.#epochs.push({ loss: mean, evaluation: this.#pending });
    this.#pending = null;
    this.#epochSum = 0;
    this.#epochExamples = 0;
    return mean;
  }

  /** Records an evaluation; epochs that end at `moment` are closed before it. */
  evaluation(moment: Moment, evaluation: Evaluation): void {
    this.#evaluations.push({ ...moment, ...evaluation });
    const last = this.#epochs.at(-1);
    if (last !== undefined && Number.isInteger(moment.epochs))
      this.#epochs[this.#epochs.length - 1] = { ...last, evaluation };
    else this.#pending = evaluation;
  }

  /** Losses of the updates so far; not to be written to. */
  losses(): Float64Array {
    return this.#loss.view();
  }

  /** Mean loss of the last updates that hold `examples` examples together; NaN before the first. */
  recentLoss(examples: number): number {
    const sizes = this.#batchSize.view();
    let start = sizes.length;
    for (let seen = 0; start > 0 && seen < examples; start--) seen += sizes[start - 1]!;
    return this.meanLoss(start);
  }

  /** Mean loss of the updates from number `start` on, weighted by batch size. */
  meanLoss(start: number): number {
    const losses = this.#loss.slice(start);
    const sizes = this.#batchSize.slice(start);
    const examples = sizes.reduce((sum, size) => sum + size, 0);
    return losses.reduce((sum, loss, i) => sum + loss * sizes[i]!, 0) / examples;
  }

  history(): History {
    const byMetric = <T>(values: (name: string) => T) =>
      Object.fromEntries(this.#metrics.map((name) => [name, values(name)]));
    const column = (key: keyof Moment) => this.#evaluations.map((entry) => entry[key]);
    return {
      epoch: this.#epochs.map((_, i) => i + 1),
      loss: this.#epochs.map(({ loss }) => loss),
      valLoss: this.#epochs.map(({ evaluation }) => evaluation?.loss ?? NaN),
      valMetrics: byMetric((name) =>
        this.#epochs.map(({ evaluation }) => evaluation?.metrics[name] ?? NaN),
      ),
      updates: {
        loss: this.#loss.slice(),
        learningRate: this.#learningRate.slice(),
        batchSize: this.#batchSize.slice(),
        ...(this.#gradientNorm.length > 0 ? { gradientNorm: this.#gradientNorm.slice() } : {}),
      },
      evaluations: {
        updates: column("updates"),
        examples: column("examples"),
        epochs: column("epochs"),
        seconds: column("seconds"),
        loss: this.#evaluations.map(({ loss }) => loss),
        metrics: byMetric((name) => this.#evaluations.map(({ metrics }) => metrics[name] ?? NaN)),
      },
    };
  }
}
