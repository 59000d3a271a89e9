/** @file Examples: two columns of rows, inputs `x` and targets `y`, in memory, in a store or in a stream. */
import { InputError, show } from "../errors.ts";
import { sampleQuery } from "./sample-query.ts";

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

/** What happened to the rows of a table, of all its parts, before they were examples. */
export interface Preparation {
  /** Rows read. */
  readonly rows: number;
  /** Rows left out because a value was missing: the target, or where missing values are not imputed another one. */
  readonly dropped: { readonly target: number; readonly features: number };
  /** Missing values that were imputed, by column, and what they count as. */
  readonly imputed: readonly {
    readonly column: string;
    readonly rows: number;
    readonly value: string;
  }[];
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
  /** Of a table, for reports. */
  readonly preparation?: Preparation;
  /** See {@link StoredDataset.workBytes}; of a sample of stored data. */
  readonly workBytes?: number;
}

/** How the rows of a column are stored. */
export interface ColumnLayout {
  readonly dtype: "uint8" | "int32" | "float32" | "float64";
  /** Shape of one row. */
  readonly shape: readonly number[];
  /** See {@link Column.scale}. */
  readonly scale?: number;
}

/** What is known of examples before they are read. */
interface ExamplesLayout extends Pick<
  Dataset,
  "name" | "task" | "classes" | "source" | "preparation"
> {
  readonly x: ColumnLayout;
  readonly y: ColumnLayout;
}

/** Examples that are too many for the memory, read row by row as they are visited. Every value is known to be finite. */
export interface StoredDataset extends ExamplesLayout {
  /** Number of examples, N. */
  readonly size: number;
  /** The same for the same examples: a run that is resumed compares it. */
  readonly fingerprint: string;
  /** Rows that fit in memory at a time; a reader holds two such windows. */
  readonly windowRows: number;
  /** Bytes for what is made of rows, the values of a batch or of a probe: more rows go in parts. As much as is quickest when absent. */
  readonly workBytes?: number;
  readonly open: () => Promise<RowReader>;
}

/** Examples by their places: visit i sees row `indices[i]` of `data`. */
export interface Rows {
  readonly data: Dataset;
  readonly indices: Int32Array;
}

/** Reads rows of a {@link StoredDataset}, beside whatever the caller does meanwhile. */
export interface RowReader {
  /** The rows at `indices`, in that order; good until the second read after this one, of an epoch or not, which takes its memory. */
  readonly read: (indices: Int32Array) => Promise<Dataset>;
  /**
   * Says that the visits of an epoch will be read in windows, `order[starts[w]]` … `order[starts[w + 1] − 1]` one after the other, so that they
   * can be sorted where that is quicker. Neither array is written to afterwards. What of `order` is not in `starts` is not looked at.
   */
  readonly sort?: (order: Int32Array, starts: Int32Array) => SortedEpoch;
  /** What came up since this was asked before, in sentences. */
  readonly notes?: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** An epoch that is read in windows, by {@link RowReader}. */
export interface SortedEpoch {
  /** The rows of the visits of window `window`; good as long as those of a `read`. */
  readonly read: (window: number) => Promise<Rows>;
}

/** Examples that come once, in their order, and are not kept. */
export interface StreamedDataset extends ExamplesLayout {
  /** Number of examples, where it is known. */
  readonly size: number | undefined;
  readonly chunks: () => AsyncIterator<Dataset>;
}

/** A data set with the part it is trained on and the part it is tested on. */
export interface SplitDataset {
  readonly training: Dataset;
  readonly test: Dataset;
}

/** Examples that a run can be made on. */
export type TrainingData = Dataset | StoredDataset | StreamedDataset;

export function isStored(data: TrainingData): data is StoredDataset {
  return "open" in data;
}

export function isStreamed(data: TrainingData): data is StreamedDataset {
  return "chunks" in data;
}

/** Whether all examples are at hand. */
export function isInMemory(data: TrainingData): data is Dataset {
  return !isStored(data) && !isStreamed(data);
}

/** `data` when it has two columns and its examples are at hand. @throws InputError that says what to do */
export function inMemory<Data extends TrainingData>(
  name: string,
  data: Data,
): Exclude<Data, StoredDataset | StreamedDataset> {
  columnsOf(`${name}: the data`, data);
  if (isInMemory(data)) return data as Exclude<Data, StoredDataset | StreamedDataset>;
  throw new InputError(
    `${name} needs its data in memory, got ${isStored(data) ? "a stored data set" : "a stream"}; give it a sample, such as loadFile(path, { query: "${sampleQuery}" })`,
  );
}

/** Refuses what does not have two columns of rows. @throws InputError */
export function columnsOf(name: string, data: TrainingData): void {
  const given = Object(data) as Partial<Dataset>;
  const held = [given.x, given.y].every((column) => {
    const { shape, data: values } = Object(column) as Partial<Column>;
    return Array.isArray(shape) && (!isInMemory(given as Dataset) || ArrayBuffer.isView(values));
  });
  if (held) return;
  throw new InputError(
    `${name} must be a data set, made by fromArrays(x, y) say; got ${show(data)}`,
  );
}

/** The dtype that an array of a column is stored in. */
export function dtypeOf(data: ColumnData): ColumnLayout["dtype"] {
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Float32Array ? "float32" : "float64";
}

/** How the rows of a column are stored. */
export function layoutOf(column: Column | ColumnLayout): ColumnLayout {
  const { shape, scale } = column;
  const dtype = "data" in column ? dtypeOf(column.data) : column.dtype;
  return { dtype, shape, ...(scale === undefined ? {} : { scale }) };
}

/** Whether two columns hold rows of one kind. */
export function sameLayout(a: ColumnLayout, b: ColumnLayout): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join() && a.scale === b.scale;
}
