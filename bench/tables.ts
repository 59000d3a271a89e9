/** @file The results as Markdown. */
import { examples, network } from "./job.ts";
import type { Cell, Results } from "./results.ts";

const { inputs, hidden, classes } = network;

/** Floating-point operations of one update for each example: 2 forward and 4 backward for each weight, less dL/dx. */
const flopsPerExample = 4 * inputs * hidden + 6 * hidden * classes;

const sizeName = (batchSize: number): string =>
  batchSize === examples ? "full" : String(batchSize);

/** Three significant digits, with separators above a thousand. */
function digits(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3).replace(/^(\d+)\.?$/, "$1");
}

const times = (ratio: number): string => `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)}×`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n");
}

const sizesOf = (cells: readonly Cell[]): number[] =>
  [...new Set(cells.map((cell) => cell.batchSize))].sort((a, b) => a - b);

/** One row an engine and one column a batch size; a column where no engine has a value stays out. */
function byEngine(
  cells: readonly Cell[],
  show: (cell: Cell, ours: Cell | undefined) => string | undefined,
): string {
  const sizes = sizesOf(cells);
  const titles = [...new Set(cells.map((cell) => cell.title))];
  const find = (title: string, batchSize: number) =>
    cells.find((cell) => cell.title === title && cell.batchSize === batchSize);
  const rows = titles.map((title) => [
    title,
    ...sizes.map((size) => {
      const cell = find(title, size);
      return (cell && show(cell, find("minibatch", size))) ?? "–";
    }),
  ]);
  return table(["batch size", ...sizes.map(sizeName)], rows);
}

const withRatio = (value: number, ours: number | undefined): string =>
  ours === undefined ? digits(value) : `${digits(value)} (${times(value / ours)})`;

/** Seconds per epoch: measured where the engine has epochs, else the updates of an epoch and no more. */
const epochSeconds = (cell: Cell): number =>
  cell.epoch?.best ?? (Math.ceil(examples / cell.batchSize) * cell.best) / 1e6;

const threadsName = (threads: number): string => `${threads} thread${threads === 1 ? "" : "s"}`;

function efficiency({ cells, matmul }: Results, threads: number): string | undefined {
  const ours = cells.filter((cell) => cell.title === "minibatch" && cell.threads === threads);
  if (ours.length === 0) return undefined;
  const rate = matmul.find((each) => each.threads === threads)?.gflops;
  const rows = ours.map((cell) => {
    const gflops = (flopsPerExample * cell.batchSize) / cell.best / 1000;
    const floor = cells.filter(
      (each) =>
        each.threads === threads &&
        each.batchSize === cell.batchSize &&
        (each.engine === "loop" || each.engine === "scan"),
    );
    return [
      sizeName(cell.batchSize),
      digits(gflops),
      rate === undefined ? "–" : `${((100 * gflops) / rate).toFixed(0)} %`,
      floor.length === 0 ? "–" : times(cell.best / Math.min(...floor.map((each) => each.best))),
      cell.overhead === undefined ? "–" : `${(100 * cell.overhead).toFixed(1)} %`,
    ];
  });
  const head = ["batch size", "GFLOP/s", "of MatMul", "over the floor", "epoch over updates"];
  return table(head, rows);
}

/** The numbers of threads measured. */
const threadCounts = ({ cells, matmul }: Results): number[] =>
  [...new Set([...cells, ...matmul].map((each) => each.threads))].sort((a, b) => a - b);

function machineLines({ machine, date, rounds, seconds, cells, matmul, skipped }: Results) {
  const versions = [...new Set(cells.map((cell) => cell.version))].filter((each) => each !== "");
  return [
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}.`,
    `- ${versions.join("; ")}.`,
    `- ${date.slice(0, 10)}; ${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s a measurement.`,
    ...matmul.map(
      ({ threads, gflops }) =>
        `- MatMul 1024³, ${threadsName(threads)}: ${digits(gflops)} GFLOP/s.`,
    ),
    ...skipped.map((each) => `- Not measured: ${each}.`),
  ].join("\n");
}

/** All tables of a run, as Markdown. */
export function tables(results: Results): string {
  const { cells } = results;
  const sections = [`### Machine\n\n${machineLines(results)}`];
  for (const threads of threadCounts(results)) {
    const some = cells.filter((cell) => cell.threads === threads);
    if (some.length === 0) continue;
    const name = threadsName(threads);
    sections.push(
      `### Microseconds per update, ${name}\n\n${byEngine(some, (cell, ours) => withRatio(cell.best, ours?.best))}`,
      `### Seconds per epoch, ${name}\n\n${byEngine(some, (cell, ours) =>
        withRatio(epochSeconds(cell), ours && epochSeconds(ours)),
      )}`,
      `### Peak memory of the process in MB, ${name}\n\n${byEngine(some, (cell, ours) =>
        withRatio(cell.peakBytes / 1e6, ours && ours.peakBytes / 1e6),
      )}`,
    );
    const ours = efficiency(results, threads);
    if (ours !== undefined) sections.push(`### minibatch beside the machine, ${name}\n\n${ours}`);
  }
  const variants = cells
    .filter((cell) => cell.variant !== "" && !["minibatch", "loop", "scan"].includes(cell.engine))
    .map((cell) => `${cell.title}: ${cell.variant}`);
  const counted = [...new Set(variants)].sort();
  if (counted.length > 0) {
    sections.push(
      `### Variants that were fastest somewhere\n\n${counted.map((each) => `- ${each}`).join("\n")}`,
    );
  }
  return `${sections.join("\n\n")}\n`;
}
