/** @file What the benchmark of large tables found, as Markdown. */
import { median, type Machine } from "../results.ts";
import { epochChoices, rate, ratioText } from "./ratios.ts";
import type { Speed } from "./steps.ts";

/** What was found with so much `--memory`. */
export interface AtMemory {
  /** Bytes. */
  readonly memory: number;
  /** The pass into the cache, alone. `bytes` are those of the records. */
  readonly cache: { readonly seconds: number; readonly bytes: number; readonly peak: number };
  /** One epoch by the terminal program, from a cold start: caching, training, evaluating. */
  readonly train: {
    readonly seconds: number;
    readonly peak: number;
    readonly samplesPerSecond: number;
    readonly validationMetric: number;
  };
  readonly speed: { readonly runs: readonly Speed[] };
}

/** What was found with tables. */
export interface LargeResults {
  readonly date: string;
  readonly machine: Machine;
  readonly rows: number;
  readonly columns: number;
  readonly parquetBytes: number;
  /** Sums of all columns by DuckDB. */
  readonly scan: { readonly seconds: number; readonly peak: number };
  /** `wc -l` of the same table as CSV. */
  readonly csv?: { readonly seconds: number; readonly bytes: number };
  readonly runs: readonly AtMemory[];
}

const megabytes = (bytes: number): string =>
  `${Math.round(bytes / 1e6).toLocaleString("en-US")} MB`;
const seconds = (value: number): string => `${value.toPrecision(3)} s`;
/** The rows of the table, each with a cell for each memory. */
const lines: readonly (readonly [label: string, cell: (run: AtMemory) => string])[] = [
  [
    "records, in times of the memory",
    ({ memory, cache }) => `${(cache.bytes / memory).toFixed(1)}×`,
  ],
  ["caching pass", ({ cache }) => seconds(cache.seconds)],
  ["peak memory of the caching pass", ({ cache }) => megabytes(cache.peak)],
  ["`minibatch train`, cold, one epoch", ({ train }) => seconds(train.seconds)],
  ["**its peak memory, in all**", ({ train }) => megabytes(train.peak)],
  ["its validation accuracy", ({ train }) => `${(100 * train.validationMetric).toFixed(1)} %`],
];

const speedCells = (
  { columns, memory }: { readonly columns: number; readonly memory: number },
  { hidden, batchSize, threads, stored, inBlocks, inMemory }: Speed,
): readonly (readonly string[])[] =>
  epochChoices
    .filter(([, pick]) => pick(inMemory).length > 0)
    .map(([label, pick]) => [
      megabytes(memory),
      `${columns}–${hidden}–2, ${batchSize}`,
      threads.stored === threads.inMemory
        ? String(threads.stored)
        : `${threads.stored}, in memory ${threads.inMemory}`,
      label,
      rate(median(pick(inMemory))),
      ratioText(pick(stored), pick(inMemory)),
      ratioText(pick(inBlocks), pick(inMemory)),
    ]);

/** All that was found, as Markdown. */
export function largeTables({ machine, date, scan, csv, runs, ...table }: LargeResults): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const { length: rounds, 0: round = [] } = runs[0]?.speed.runs[0]?.stored ?? [];
  const epochCount = round.length;
  return [
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}; ${date.slice(0, 10)}.`,
    `- ${table.rows.toLocaleString("en-US")} rows of ${table.columns} columns of float32 and a label, ${megabytes(table.parquetBytes)} as Parquet; 80 % to train on; ${rounds} rounds of ${epochCount} epochs.`,
    `- DuckDB scan of it (sums of all columns): ${seconds(scan.seconds)}, peak memory ${megabytes(scan.peak)}.`,
    ...(csv === undefined
      ? []
      : [`- \`wc -l\` of the same as CSV, ${megabytes(csv.bytes)}: ${seconds(csv.seconds)}.`]),
    "",
    row(["`--memory`", ...runs.map(({ memory }) => megabytes(memory))]),
    row(["---", ...runs.map(() => "---:")]),
    ...lines.map(([label, cell]) => row([label, ...runs.map(cell)])),
    "",
    "Examples a second in memory, and from disk as a part of it (lowest and highest), in the first epoch of a run and in those after it:",
    "",
    row(["`--memory`", "network, batch size", "threads", "epoch", "in memory", "exact shuffle", "`--shuffle 100000`"]), // prettier-ignore
    row(["---", "---", "---:", "---", "---:", "---:", "---:"]),
    ...runs.flatMap(({ memory, speed }) =>
      speed.runs.flatMap((one) => speedCells({ columns: table.columns, memory }, one).map(row)),
    ),
    "",
  ].join("\n");
}
