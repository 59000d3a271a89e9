/** @file What a reader of rows and its worker tell each other. Buffers are handed over, not copied. */
import type { EpochWindows, SortedWindow } from "./epoch-sort.ts";
import type { RecordLayout } from "./record.ts";

/** What a worker is started with. */
export interface RowWorkerData {
  readonly path: string;
  readonly layout: RecordLayout;
  /** Number of records. */
  readonly size: number;
  readonly windowRows: number;
  /** Bytes that sorting may take. */
  readonly sortBytes: number;
  /** The path of a scratch file. */
  readonly scratch: string;
}

/** The memory of a window. */
export interface WindowBuffers {
  readonly x: ArrayBuffer;
  readonly y: ArrayBuffer;
  /** Row numbers, 32 bits each; when they come back, for each the place of its row in x and y. */
  readonly rows: ArrayBuffer;
}

/** Read `length` rows, which are a window that is perhaps sorted. */
export interface ReadRequest {
  readonly type: "read";
  readonly buffers: WindowBuffers;
  readonly length: number;
  /** Where their numbers are in a scratch file; at the start of `buffers.rows` when undefined. */
  readonly order: OrderPlace | undefined;
  readonly sorted: SortedWindow | undefined;
}

/** Row numbers, 32 bits each, in an open file from byte `position` on. */
export interface OrderPlace {
  readonly file: number;
  readonly position: number;
}

/** Is sorting quicker than reading row by row? */
export interface WeighRequest {
  readonly type: "weigh";
  /** The rows of one of the windows. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly windows: number;
  /** Rows of all windows. */
  readonly visits: number;
}

/** Sort an epoch. */
export interface SortRequest extends EpochWindows {
  readonly type: "sort";
  readonly number: number;
}

export type RowRequest = ReadRequest | WeighRequest | SortRequest;

/** Answers come in the order of the requests. */
export interface RowAnswer {
  /** Those of a read come back, filled or with what went wrong. */
  readonly buffers?: WindowBuffers;
  /** Whether sorting is quicker. */
  readonly pays?: boolean;
  readonly fault?: RowFault;
  /** What the user should know. */
  readonly notes: readonly string[];
}

/** Why rows could not be read. */
export interface RowFault {
  readonly message: string;
}
