/** @file `history.jsonl` of a run folder: its events, and how far the run came. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf, numberOf, type Fields } from "./fields.ts";

/** Where a run stood. */
export interface Moment {
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  readonly seconds: number;
}

/** What a chunk of updates, or an evaluation, left in the history. */
export interface HistoryEntry extends Moment {
  readonly kind: "progress" | "evaluation";
  /** Mean loss of the chunk, or loss on the validation data. */
  readonly loss: number | null;
  /** Of an evaluation, by name. */
  readonly metrics: Fields;
}

/** All entries of a history, in the order of the updates: of a run that went back, what it did then. */
export function readHistory(folder: string): readonly HistoryEntry[] {
  try {
    return entriesIn(readFileSync(historyOf(folder), "utf8"));
  } catch {
    return [];
  }
}

/** Bytes from the end of a history in which its last entries are. */
const tailBytes = 2 ** 16;

/** The last entries of a history, without reading the rest. */
export function readLast(folder: string): readonly HistoryEntry[] {
  try {
    const file = openSync(historyOf(folder), "r");
    try {
      const start = Math.max(0, fstatSync(file).size - tailBytes);
      const bytes = Buffer.alloc(tailBytes);
      const length = readSync(file, bytes, 0, tailBytes, start);
      // A line that begins before the tail is no JSON and is left out.
      return entriesIn(bytes.toString("utf8", 0, length));
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

function historyOf(folder: string): string {
  return join(folder, "history.jsonl");
}

/** A line that is not whole, as a process leaves it that is killed or still writes, is left out. */
function entriesIn(text: string): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const line of text.split("\n")) {
    const event = eventIn(line);
    const moment = momentOf(event);
    if (moment === null) continue;
    // What a run did before it went back is not part of it.
    while ((entries.at(-1)?.updates ?? 0) > moment.updates) entries.pop();
    const kind = event["type"];
    if (kind !== "progress" && kind !== "evaluation") continue;
    const metrics = fieldsOf(event["metrics"]);
    entries.push({ ...moment, kind, loss: numberOf(event["loss"]), metrics });
  }
  return entries;
}

function eventIn(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {};
  }
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
