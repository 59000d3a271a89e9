/** @file What a record says of the data and the model that runs were made with. */
import { isStored, type Dataset, type Preparation, type StoredDataset } from "../data/dataset.ts";
import type { Tensor } from "../graph/types.ts";
import type { Model } from "../nn/model.ts";

/** Of the data. */
export interface DataFacts {
  readonly name: string;
  /** Examples. */
  readonly training: number;
  readonly validation: number;
  readonly task: "classification" | "regression";
  readonly source: string | null;
  /** Rows that were dropped and values that were imputed, where the data is a table. */
  readonly preparation?: Preparation;
  /** Of data that was read from disk: how many rows were in memory at a time. Waiting for the others is in the seconds of the runs. */
  readonly stored?: { readonly windowRows: number };
}

/** Of the model. */
export interface ModelFacts {
  readonly text: string;
  /** How many numbers are trained. */
  readonly parameters: number;
}

type Examples = Dataset | StoredDataset;

/** Name, sizes and origin of the data. */
export function dataFacts(training: Examples, validation: Examples): DataFacts {
  return {
    name: training.name,
    training: training.size,
    validation: validation.size,
    task: training.task,
    source: training.source ?? null,
    ...(training.preparation && { preparation: training.preparation }),
    ...(isStored(training) && { stored: { windowRows: training.windowRows } }),
  };
}

/** What the model is, and how many parameters it has. */
export function modelFacts({ kind }: Model, parameters: readonly Tensor[]): ModelFacts {
  return { text: kind, parameters: parameters.reduce((sum, { data }) => sum + data.length, 0) };
}
