/** @file What the benchmark of images found, as Markdown. */
import { median, type Machine } from "../results.ts";
import type { ImageType } from "./image-rows.ts";
import type { RunRates } from "./rates.ts";
import { epochChoices, rate, ratioText } from "./ratios.ts";

/** What was found for images of a type and a number of threads. */
export interface ImageCase {
  readonly date: string;
  readonly type: ImageType;
  readonly rows: number;
  /** Bytes of the records, and of the memory. */
  readonly bytes: number;
  readonly memory: number;
  /** Threads that were asked for; "auto" otherwise. */
  readonly threads: number | "auto";
  /** By round. */
  readonly stored: readonly RunRates[];
  readonly inMemory: readonly RunRates[];
}

/** What was found with images. */
export interface ImageResults {
  readonly machine: Machine;
  readonly cases: readonly ImageCase[];
}

/** The cases of `known`, those that were measured anew in their places. */
export function mergedCases(
  known: readonly ImageCase[],
  measured: readonly ImageCase[],
): readonly ImageCase[] {
  const keyOf = ({ type, threads }: ImageCase): string => `${type} ${threads}`;
  const cases = new Map(known.map((one) => [keyOf(one), one]));
  for (const one of measured) cases.set(keyOf(one), one);
  return [...cases.values()];
}

const names: Readonly<Record<ImageType, string>> = { uint8: "bytes", float32: "floats" };

/** All that was found, as Markdown. */
export function imageTables({ machine, cases }: ImageResults): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = cases.flatMap(({ type, rows, bytes, memory, threads, stored, inMemory }) => {
    const [{ threads: onDisk = 0 } = {}, { threads: held = 0 } = {}] = [stored[0], inMemory[0]];
    const [disk, copy] = [stored, inMemory].map((rounds) => rounds.map(({ rates }) => rates));
    const count = onDisk === held ? String(held) : `${onDisk}, in memory ${held}`;
    return epochChoices.map(([label, pick]) => {
      const held = pick(copy!);
      return row([
        `${rows.toLocaleString("en-US")} as ${names[type]}`,
        `${Math.round(memory / 1e6)} MB (${(bytes / memory).toFixed(1)}×)`,
        threads === "auto" ? `auto: ${count}` : count,
        label,
        `${rate(median(held))} (${rate(Math.min(...held))} to ${rate(Math.max(...held))})`,
        `${rate(median(pick(disk!)))} (${rate(Math.min(...pick(disk!)))} to ${rate(Math.max(...pick(disk!)))})`,
        ratioText(pick(disk!), held),
      ]);
    });
  });
  const dates = [...new Set(cases.map(({ date }) => date.slice(0, 10)))].join(", ");
  return [
    `- ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.system}; Node ${machine.node}; ${dates}.`,
    "",
    row(["images", "`--memory`", "threads", "epoch", "in memory, examples/s", "from disk, examples/s", "part"]), // prettier-ignore
    row(["---", "---:", "---:", "---", "---:", "---:", "---:"]),
    ...lines,
    "",
  ].join("\n");
}
