/** @file Running a step in a process of its own, so that its peak of memory is its own. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StepInputs, StepResults } from "./steps.ts";

/** Lines that a step prints, the last one with what it found. */
export function linesOf<Step extends keyof StepResults>(
  step: Step,
  options: StepInputs[Step],
): readonly string[] {
  const file = fileURLToPath(new URL("steps.ts", import.meta.url));
  const args = [...process.execArgv, file, step, JSON.stringify(options)];
  return execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 30 })
    .trim()
    .split("\n");
}

/** What a step found, and its peak of resident memory in bytes. */
export function run<Step extends keyof StepResults>(
  step: Step,
  options: StepInputs[Step],
): StepResults[Step] & { readonly peak: number } {
  return JSON.parse(linesOf(step, options).at(-1) ?? "") as StepResults[Step] & { peak: number };
}
