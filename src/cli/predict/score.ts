/** @file How good predictions are, where the targets are known: accuracy, or root mean squared error. */
import type { PredictedColumn } from "./predictions.ts";

/** Targets of some rows: class names (null where one is missing), or numbers, row by row (NaN where one is missing). */
export type Targets =
  | { readonly kind: "classes"; readonly names: readonly (string | null)[] }
  | { readonly kind: "numbers"; readonly values: ArrayLike<number> };

/** A figure over all rows that have a target and a prediction. */
export interface ScoreResult {
  readonly name: "accuracy" | "rootMeanSquaredError";
  readonly value: number;
  readonly rows: number;
  /** Rows whose class the model does not know; they count as wrong. */
  readonly unknownClass: number;
}

/** Adds up hits, or squared errors, a block after the other. */
export class Score {
  readonly #classes: ReadonlySet<string>;
  #name: ScoreResult["name"] = "accuracy";
  #rows = 0;
  #values = 0;
  #sum = 0;
  #unknownClass = 0;

  constructor(classes: readonly string[]) {
    this.#classes = new Set(classes);
  }

  /** @param places the rows of `targets` that `columns` are about */
  add(targets: Targets, columns: readonly PredictedColumn[], places: ArrayLike<number>): void {
    const [first = []] = columns;
    for (let i = 0; i < first.length; i++) {
      const row = places[i] ?? i;
      if (targets.kind === "classes") this.#addClass(targets.names[row] ?? null, first[i] ?? null);
      else this.#addNumbers(targets.values, columns, i, row);
    }
  }

  /** The figure; undefined without a row to measure it on. */
  result(): ScoreResult | undefined {
    if (this.#rows === 0) return undefined;
    const mean = this.#sum / this.#values;
    return {
      name: this.#name,
      value: this.#name === "accuracy" ? mean : Math.sqrt(mean),
      rows: this.#rows,
      unknownClass: this.#unknownClass,
    };
  }

  #addClass(name: string | null, predicted: string | number | null): void {
    if (name === null) return;
    this.#rows++;
    this.#values++;
    this.#sum += Number(predicted === name);
    this.#unknownClass += Number(!this.#classes.has(name));
  }

  #addNumbers(
    values: ArrayLike<number>,
    columns: readonly PredictedColumn[],
    i: number,
    row: number,
  ): void {
    const wanted = columns.map((_, c) => values[row * columns.length + c] ?? NaN);
    if (!wanted.every(Number.isFinite)) return;
    this.#name = "rootMeanSquaredError";
    this.#rows++;
    this.#values += columns.length;
    columns.forEach((column, c) => (this.#sum += (Number(column[i]) - (wanted[c] ?? NaN)) ** 2));
  }
}
