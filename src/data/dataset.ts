/** @file Examples in memory: two columns of rows, inputs `x` and targets `y`. */

/** Element types a column can hold; images stay bytes and are scaled in the graph. */
export type ColumnData = Uint8Array | Int32Array | Float32Array | Float64Array;

/** N rows of one shape, row-major in one typed array. */
export interface Column {
  /** `size × product(shape)` values. */
  readonly data: ColumnData;
  /** Shape of one row: `[784]` for a flat image, `[]` for a class index. */
  readonly shape: readonly number[];
  /** The value of a stored number `v` is `v · scale`; 1 when absent. Applied in the graph, not in memory. */
  readonly scale?: number;
}

/** Examples to train on or to evaluate on. */
export interface Dataset {
  readonly name: string;
  /** Number of examples, N. */
  readonly size: number;
  readonly x: Column;
  /** Class indices as int32 of shape `[]`, class probabilities or regression targets as floats. */
  readonly y: Column;
  readonly task: "classification" | "regression";
  /** Names of the classes, by index. */
  readonly classes?: readonly string[];
  /** One weight an example; all 1 when absent. */
  readonly sampleWeight?: Float64Array;
  /** Where the data came from, for reports: a file, a package, a generator with its seed. */
  readonly source?: string;
}

/** A data set with the part it is trained on and the part it is tested on. */
export interface SplitDataset {
  readonly training: Dataset;
  readonly test: Dataset;
}
