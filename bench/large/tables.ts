/** @file What the benchmark of large tables found, as Markdown. */
import { median, type Machine } from "../results.ts";
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

/** `bench/large/results.json`. */
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
const rate = (value: number): string => Math.round(value / 1000).toLocaleString("en-US") + " k";

/** Speed as a part of that in memory: of the medians, and of the rounds. */
export function ratioOf(
  rates: readonly number[],
  inMemory: readonly number[],
): { readonly median: number; readonly rounds: readonly number[] } {
  return {
    median: median(rates) / median(inMemory),
    rounds: rates.map((value, i) => value / inMemory[i]!),
  };
}

function ratioText(rates: readonly number[], inMemory: readonly number[]): string {
  const { median: middle, rounds } = ratioOf(rates, inMemory);
  const percent = (value: number): string => (100 * value).toFixed(0);
  return `${percent(middle)} % (${percent(Math.min(...rounds))} to ${percent(Math.max(...rounds))})`;
}

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
  { hidden, batchSize, ...rates }: Speed,
): readonly string[] => [
  megabytes(memory),
  `${columns}–${hidden}–2, ${batchSize}`,
  rate(median(rates.inMemory)),
  ratioText(rates.stored, rates.inMemory),
  ratioText(rates.inBlocks, rates.inMemory),
];

/** All that was found, as Markdown. */
export function largeTables({ machine, date, scan, csv, runs, ...table }: LargeResults): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rounds = runs[0]?.speed.runs[0]?.stored.length ?? 0;
  return [
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}; ${date.slice(0, 10)}.`,
    `- ${table.rows.toLocaleString("en-US")} rows of ${table.columns} columns of float32 and a label, ${megabytes(table.parquetBytes)} as Parquet; 80 % to train on; ${rounds} rounds.`,
    `- DuckDB scan of it (sums of all columns): ${seconds(scan.seconds)}, peak memory ${megabytes(scan.peak)}.`,
    ...(csv === undefined
      ? []
      : [`- \`wc -l\` of the same as CSV, ${megabytes(csv.bytes)}: ${seconds(csv.seconds)}.`]),
    "",
    row(["`--memory`", ...runs.map(({ memory }) => megabytes(memory))]),
    row(["---", ...runs.map(() => "---:")]),
    ...lines.map(([label, cell]) => row([label, ...runs.map(cell)])),
    "",
    "Examples a second in memory, and from disk as a part of it (lowest and highest round):",
    "",
    row(["`--memory`", "network, batch size", "in memory", "exact shuffle", "`--shuffle 100000`"]),
    row(["---", "---", "---:", "---:", "---:"]),
    ...runs.flatMap(({ memory, speed }) =>
      speed.runs.map((one) => row(speedCells({ columns: table.columns, memory }, one))),
    ),
    "",
  ].join("\n");
}
