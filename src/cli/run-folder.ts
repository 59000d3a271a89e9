/** @file A run folder: `history.jsonl`, one event a line as they come, and `run.json` at the end. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Preprocessing } from "../files.node.ts";
import type { RunEvent } from "../train/events.ts";
import { requireWritable, writeWhole } from "./output.ts";
import type { RunRecord } from "./run-record.ts";

/** Where a run is written to. */
export interface RunFolder {
  readonly path: string;
  /** Adds an event to the history: it is on disk when the call returns. */
  readonly append: (event: RunEvent) => void;
  /** Writes run.json, with what was fitted on a table, so that new rows can be given the same. */
  readonly finish: (record: RunRecord, preprocessing?: Preprocessing) => void;
}

/** Makes the folder, with an empty history. @throws InputError when it cannot be written to */
export function openRunFolder(path: string): RunFolder {
  const run = join(path, "run.json");
  const history = join(path, "history.jsonl");
  requireWritable("--out", run);
  requireWritable("--out", history);
  writeFileSync(history, "");
  return {
    path,
    append: (event) => {
      appendFileSync(history, `${JSON.stringify(withoutArrays(event))}\n`);
    },
    finish: (record, preprocessing) => {
      // The columns of the history stand in history.jsonl.
      const { history: _, ...rest } = record;
      writeWhole(
        run,
        `${JSON.stringify({ ...rest, ...(preprocessing && { preprocessing }) }, null, 2)}\n`,
      );
    },
  };
}

/** An event without its arrays: the parameters and the loss of each update. */
function withoutArrays(event: RunEvent): object {
  const entries: [string, unknown][] = Object.entries(event);
  return Object.fromEntries(
    entries.filter(([, value]) => !Array.isArray(value) && !ArrayBuffer.isView(value)),
  );
}
