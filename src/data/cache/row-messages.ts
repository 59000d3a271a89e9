/** @file What a reader of rows and its worker tell each other. Buffers are handed over, not copied. */
import type { RecordLayout } from "./record.ts";

/** What a worker is started with. */
export interface RowWorkerData {
  readonly path: string;
  readonly layout: RecordLayout;
  /** Number of records. */
  readonly size: number;
  readonly windowRows: number;
}

/** The memory of a window. */
export interface WindowBuffers {
  readonly x: ArrayBuffer;
  readonly y: ArrayBuffer;
  /** Row numbers, 32 bits each. */
  readonly rows: ArrayBuffer;
}

/** Read the first `length` rows of `buffers.rows`. */
export interface RowRequest {
  readonly buffers: WindowBuffers;
  readonly length: number;
}

/** The buffers come back, filled or with what went wrong; answers come in the order of the requests. */
export interface RowAnswer {
  readonly buffers: WindowBuffers;
  readonly fault?: RowFault;
}

/** Why rows could not be read. */
export interface RowFault {
  readonly message: string;
}
