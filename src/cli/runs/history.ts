/** @file The history of a run as far as others than the run itself want it: where it stood, its losses and metrics. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Moment } from "../../train/history.ts";
import { runFolderFiles } from "../../train/run-folder/names.ts";
import { readEvents } from "../../train/run-folder/read-run.node.ts";
import type { ChangedSize } from "../run-record.ts";
import { fieldsOf, numberOf, textOf, type Fields } from "./fields.ts";

/** What a chunk of updates, or an evaluation, left in the history. */
export interface HistoryEntry extends Moment {
  readonly kind: "progress" | "evaluation";
  /** Mean loss of the chunk, or loss on the validation data. */
  readonly loss: number | null;
  /** Of an evaluation, by name. */
  readonly metrics: Fields;
}

/** All entries of a history, in the order of the updates. @throws DataError for a damaged line */
export function readHistory(folder: string): readonly HistoryEntry[] {
  return entriesOf(readEvents(folder));
}

/** The changes of the batch size in a history that are still part of it. */
export function changesOf(events: readonly Fields[]): readonly ChangedSize[] {
  const changes: ChangedSize[] = [];
  for (const event of events) {
    const moment = momentOf(event);
    if (moment === null) continue;
    while ((changes.at(-1)?.updates ?? 0) > moment.updates) changes.pop();
    if (event["type"] === "batchSize")
      changes.push(...changeIn({ ...event, rateFactor: event["factor"] }));
  }
  return changes;
}

/** A change of the batch size; none where one of its numbers is missing. */
export function changeIn(fields: Fields): readonly ChangedSize[] {
  const [updates, batchSize, rateFactor] = (["updates", "batchSize", "rateFactor"] as const).map(
    (name) => numberOf(fields[name]),
  );
  if (updates == null || batchSize == null || rateFactor == null) return [];
  return [{ updates, batchSize, rateFactor, reason: textOf(fields["reason"]) ?? "" }];
}

/** Bytes from the end of a history in which its last events are. */
const tailBytes = 2 ** 16;

/** The last events of a history, without reading the rest; none where it cannot be read. */
export function readLast(folder: string): readonly Fields[] {
  try {
    const file = openSync(join(folder, runFolderFiles.history), "r");
    try {
      const start = Math.max(0, fstatSync(file).size - tailBytes);
      const bytes = Buffer.alloc(tailBytes);
      const length = readSync(file, bytes, 0, tailBytes, start);
      return bytes.toString("utf8", 0, length).split("\n").map(eventIn);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

/** A line that begins before the tail, or is still being written, is no JSON. */
function eventIn(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {};
  }
}

/** What a run did before it went back is not part of its history. */
export function entriesOf(events: readonly Fields[]): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const event of events) {
    const moment = momentOf(event);
    if (moment === null) continue;
    while ((entries.at(-1)?.updates ?? 0) > moment.updates) entries.pop();
    const kind = event["type"];
    if (kind !== "progress" && kind !== "evaluation") continue;
    const metrics = fieldsOf(event["metrics"]);
    entries.push({ ...moment, kind, loss: numberOf(event["loss"]), metrics });
  }
  return entries;
}

function momentOf(event: Fields): Moment | null {
  const [updates, examples, epochs, seconds] = (
    ["updates", "examples", "epochs", "seconds"] as const
  ).map((name) => numberOf(event[name]));
  // An "epoch" event is of an update before the end of its chunk.
  if (event["type"] === "epoch") return null;
  if (updates == null || examples == null || epochs == null || seconds == null) return null;
  return { updates, examples, epochs, seconds };
}
