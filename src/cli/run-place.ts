/** @file Where a run is kept: the folder that was named, or the next free one below `runs`. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../errors.ts";
import { createRun } from "../train/run-folder/open-run.node.ts";
import type { RunFolder } from "../train/run-folder/run-folder.node.ts";
import { isFileName } from "./file-options.ts";
import type { TrainSettings } from "./train-settings.ts";

/** The folder of runs that are not told where to go. */
const parent = "runs";

/** A folder for a new run; undefined when none is to be kept. @throws InputError */
export function openPlace({ kept, out, data }: TrainSettings): RunFolder | undefined {
  if (!kept) return undefined;
  if (out === undefined) return nextFree(runName(data));
  if (existsSync(join(out, "run.json")))
    throw new InputError(
      `--out: ${out} holds a run already; go on with it by --resume ${out}, give another --out, or remove it: minibatch runs remove ${out}`,
    );
  return inTermsOfOptions(() => createRun(out), "--out: ", "give a folder that can");
}

/** A free name, numbered from the last one: another process may take it at the same time. */
function nextFree(name: string): RunFolder {
  const first = 1 + Math.max(0, ...numbersOf(name));
  for (let number = first; number < first + 100; number++) {
    const path = join(parent, `${name}-${number}`);
    if (existsSync(path)) continue;
    try {
      return inTermsOfOptions(
        () => createRun(path),
        "",
        "give --out a folder that can, or --no-out",
      );
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  }
  throw new InputError(`no free name for a run of ${name} in ${parent}; give --out a folder`);
}

function numbersOf(name: string): readonly number[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((entry) => {
    const digits = entry.startsWith(`${name}-`) ? entry.slice(name.length + 1) : "";
    return /^\d+$/.test(digits) ? [Number(digits)] : [];
  });
}

/** `digits`, `houses` for `data/houses.csv.gz`. */
export function runName(data: string): string {
  if (!isFileName(data)) return data;
  const name = basename(data).replace(/^([^.]+)\..*$/, "$1");
  return name.replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "") || "data";
}

function inTermsOfOptions(open: () => RunFolder, before: string, advice: string): RunFolder {
  try {
    return open();
  } catch (error) {
    if (error instanceof InputError) {
      const cannot = error.message.includes(" cannot be written to ");
      error.message = `${before}${error.message}${cannot ? `; ${advice}` : ""}`;
    }
    throw error;
  }
}
