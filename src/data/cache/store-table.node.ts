/** @file Tables that are larger than memory: read once, kept on disk as records. */
import { mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { wholeNumber } from "../../errors.ts";
import type { StoredDataset } from "../dataset.ts";
import { fate, type TableBlocks } from "../table/blocks.ts";
import type { DatabaseLimits } from "../table/duckdb.node.ts";
import { encodedLayout, encodeTable, type EncodedRows } from "../table/encode-table.ts";
import { planTable, type TablePlan } from "../table/plan-table.ts";
import { prepareDefaults } from "../table/prepare-options.ts";
import { describePart } from "../table/prepare.ts";
import type { Preprocessing } from "../table/preprocessing.ts";
import { streamColumns, type ReadOptions, type TakeRows } from "../table/read-columns.node.ts";
import {
  readParts,
  withReading,
  type ReadParts,
  type ReadTableOptions,
} from "../table/read-table.node.ts";
import { preparationOf, type TableReport } from "../table/report.ts";
import { withBreaks } from "./breaks.node.ts";
import { defaultCacheFolder } from "./cache-folder.node.ts";
import { cacheEntry } from "./entry.node.ts";
import { refuseChange, tableFingerprint } from "./fingerprint.node.ts";
import type { CacheContent } from "./meta.ts";
import { openPartWriters } from "./part-writers.node.ts";
import { recordLayout } from "./record.ts";
import { openSpill, type Spill } from "./spill.node.ts";
import type { StoreOptions } from "./store-blocks.node.ts";
import {
  locationOf,
  requirePartMemory,
  storedParts,
  type CacheLocation,
} from "./stored-dataset.node.ts";

/** Options of {@link storeTable}. */
export type StoreTableOptions = ReadTableOptions & StoreOptions;

/** A table that is kept on disk, ready for training. */
export interface StoredTable {
  readonly training: StoredDataset;
  /** Absent with `split: 0`. */
  readonly validation?: StoredDataset;
  readonly preprocessing: Preprocessing;
  readonly report: TableReport;
  /** Where it is kept. */
  readonly cache: CacheLocation;
}

/** Part of the memory that different texts may take while a table is read, and what they may take in any case. */
const TEXT_SHARE = 1 / 8;
const TEXT_LEAST = 2 ** 20;

/** How much is done at a time. */
export interface BlockSizes {
  /** Bytes of a block of the table on disk (default 4 MiB). */
  readonly blockBytes?: number;
  /** Bytes of inputs that are made at a time (default 4 MiB). */
  readonly sliceBytes?: number;
}

/** Bytes of inputs that are made at a time. */
const SLICE = 4 * 2 ** 20;

/**
 * The data sets of `readTable` on disk: the same rows, split, preprocessing and numbers. The source is read once, with little memory
 * (`memory` and what the program takes; DuckDB is allowed a quarter of it, or 256 MiB), and not again while its files and the options are the same.
 *
 * A query is taken to give the same rows as long as the files that it names are the same.
 *
 * @param sizes how much is done at a time; no figure of the result depends on it
 * @throws as `readTable`; InputError when `memory` is too little for the order of visits, and for a query that reads over the network;
 *   DataError where the cache cannot be written to
 * @example const { training, validation } = await storeTable("clicks-*.parquet", { target: "clicked", memory: 512 * 2 ** 20 });
 */
export async function storeTable(
  source: string | readonly string[],
  options: StoreTableOptions,
  sizes: BlockSizes = {},
): Promise<StoredTable> {
  const { memory, cacheFolder = defaultCacheFolder(), onProgress, ...reading } = options;
  const sources = typeof source === "string" ? [source] : source;
  wholeNumber("memory", memory);
  const fingerprint = await tableFingerprint(sources, reading);
  const entry = await cacheEntry({
    root: cacheFolder,
    key: fingerprint,
    onProgress,
    build: async (folder) => {
      const content = await cacheTable(folder, sources, {
        ...reading,
        ...sizes,
        memory,
        onProgress,
      });
      refuseChange(fingerprint, await tableFingerprint(sources, reading));
      return content;
    },
  });
  const about = entry.content.about as Pick<StoredTable, "preprocessing" | "report">;
  const parts = storedParts(entry, memory);
  return {
    ...parts,
    training: { ...parts.training, preparation: preparationOf(about.report) },
    ...about,
    cache: locationOf(entry),
  };
}

/** What the pass over a table is told. */
interface CacheTableOptions extends ReadTableOptions, BlockSizes {
  readonly memory: number;
  readonly onProgress: StoreOptions["onProgress"];
}

async function cacheTable(
  folder: string,
  sources: readonly string[],
  options: CacheTableOptions,
): Promise<CacheContent> {
  const spills: Spill[] = [];
  try {
    const parts = await readParts(sources, options, async (from, reads) => {
      const spill = openSpill(join(folder, `table-${spills.length}`), {
        textBytes: Math.max(TEXT_LEAST, options.memory * TEXT_SHARE),
        ...(options.blockBytes !== undefined && { blockBytes: options.blockBytes }),
      });
      spills.push(spill);
      return spillTable(folder, spill, from, reads, options);
    });
    return await writeTable(folder, parts, options);
  } finally {
    for (const [i, spill] of spills.entries()) {
      spill.close();
      await rm(join(folder, `table-${i}`), { force: true });
    }
  }
}

/** Reads a table and puts it on disk. */
async function spillTable(
  folder: string,
  spill: Spill,
  sources: readonly string[],
  reads: ReadOptions,
  { memory, onProgress }: CacheTableOptions,
): Promise<{
  readonly columns: TableBlocks["columns"];
  readonly notes: readonly string[];
  readonly table: TableBlocks;
}> {
  const limits = databaseLimits(memory, join(folder, "duckdb"));
  await mkdir(limits.folder, { recursive: true });
  const begin = (): TakeRows => {
    let rows = 0;
    spill.clear();
    return (columns, more) => {
      spill.take(columns);
      onProgress?.({ phase: "reading", rows: (rows += more) });
    };
  };
  const { columns, parts, notes } = await streamColumns(sources, reads, begin, limits);
  await rm(limits.folder, { recursive: true, force: true });
  const table = spill.end(columns, parts);
  return { columns: table.columns, notes, table };
}

/** Splits, fits, and writes the records. */
async function writeTable(
  folder: string,
  { main, apart, prepare, reading, leftOut }: ReadParts<{ readonly table: TableBlocks }>,
  { memory, onProgress, sliceBytes = SLICE }: CacheTableOptions,
): Promise<CacheContent> {
  const { dtype } = { ...prepareDefaults, ...prepare };
  let fitted = 0;
  const plan = await withBreaks(planTable(main.table, prepare, apart?.table), (rows) => {
    onProgress?.({ phase: "fitting", rows: (fitted += rows) });
  });
  const { preprocessing } = plan;
  const { x, y } = encodedLayout(preprocessing, dtype);
  requirePartMemory(memory, recordLayout(x, y), {
    training: rowsWith(plan, fate.trains),
    validation: rowsWith(plan, fate.validates),
  });
  const writers = openPartWriters(folder, x, y);
  const take = (rows: EncodedRows): void => {
    writers.write(rows.part, rows.x, rows.y, rows.rows);
  };
  try {
    const total = main.table.rows + (apart?.table.rows ?? 0);
    let done = 0;
    const report = await withBreaks(encodeTable(plan, dtype, take, sliceBytes), (rows) => {
      onProgress?.({ phase: "writing", rows: (done += rows), total });
    });
    return {
      ...writers.end((part) => describePart(plan, part, prepare)),
      about: { preprocessing, report: withReading(report, reading, leftOut) },
    };
  } finally {
    writers.close();
  }
}

/** Rows of a fate. */
function rowsWith({ parts }: TablePlan, wanted: number): number {
  return parts.reduce(
    (sum, { fates }) => fates.reduce((own, is) => own + Number((is & wanted) !== 0), sum),
    0,
  );
}

/** Part of the memory that DuckDB may take, and what it is allowed in any case: it seldom needs as much. */
const DUCKDB_SHARE = 1 / 4;
const DUCKDB_LEAST = 256 * 2 ** 20;
/** Bytes of memory for each of its threads: JSON takes the half of that. */
const THREAD = 128 * 2 ** 20;

function databaseLimits(memory: number, folder: string): Required<DatabaseLimits> {
  const own = Math.max(DUCKDB_LEAST, memory * DUCKDB_SHARE);
  const threads = Math.max(1, Math.min(availableParallelism(), Math.floor(own / THREAD)));
  return { memory: own, threads, folder };
}
