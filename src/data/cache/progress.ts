/** @file How far the caching of data has come. */

/** Told of while data is cached. */
export interface CacheProgress {
  /**
   * `reading` the source, `fitting` the preprocessing on what was read, `writing` the records, or `waiting` for another process that
   * caches the same.
   */
  readonly phase: "reading" | "fitting" | "writing" | "waiting";
  /** Rows done in this phase. */
  readonly rows: number;
  /** Rows that there are, where that is known. */
  readonly total?: number;
}
