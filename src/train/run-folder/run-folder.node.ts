/** @file A run folder that is open for writing: takes the events of a run, and keeps what the run needs to go on. */
import { existsSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../../errors.ts";
import { encodeCheckpoint } from "../checkpoint-bytes.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { RunEvent } from "../events.ts";
import type { Json } from "../probe.ts";
import { AppendFile } from "./append-file.node.ts";
import { promote, writeCheckpoint, type FoundCheckpoint } from "./checkpoint-files.node.ts";
import type { FolderLock } from "./lock.node.ts";
import { runFolderFiles as files } from "./names.ts";
import { RunFolderError } from "./run-folder-error.ts";
import { writeRunFile, type RunAbout, type RunFile, type RunStatus } from "./run-file.node.ts";
import { reasonOf } from "./system-error.node.ts";
import {
  encodeRecords,
  firstRecords,
  recordBytes,
  withRecords,
  type RecordSpan,
} from "./update-records.ts";

/** What a run folder is opened with. */
export interface Opened {
  readonly lock: FolderLock;
  readonly run: RunFile;
  readonly state: "new folder" | "new run" | "run";
  readonly found: FoundCheckpoint | undefined;
}

/** What a run leaves. */
export interface RunEnding {
  readonly results?: Json;
  /** Why it failed or diverged. */
  readonly message?: string;
}

/** The open files, from the first event on. */
interface Files {
  readonly history: AppendFile;
  readonly updates: AppendFile;
}

/** A run folder that this process writes to, made by `createRun` or `openRun`. */
export class RunFolder {
  readonly path: string;
  readonly #opened: Opened;
  #run: RunFile;
  #command: string | undefined;
  #files: Files | undefined;
  #begun = false;
  #savedUpdates: number | undefined;
  /** Number of updates whose records are in `updates.bin`, and which records those are. */
  #recorded: number;
  #spans: readonly RecordSpan[];

  constructor(path: string, opened: Opened) {
    const { run, found } = opened;
    this.path = path;
    this.#opened = opened;
    this.#run = run;
    this.#savedUpdates = found?.checkpoint.position.updates;
    this.#recorded = this.#savedUpdates ?? 0;
    this.#spans = found?.beside.updates.spans ?? [];
  }

  /** What `run.json` holds. */
  get run(): RunFile {
    return this.#run;
  }

  /** Where the run goes on from; undefined at its beginning. */
  get checkpoint(): Checkpoint | undefined {
    return this.#opened.found?.checkpoint;
  }

  /** That the newest checkpoint is not good, why, and which one takes its place; undefined when it is good. */
  get damage(): string | undefined {
    const { found } = this.#opened;
    if (found?.damage === undefined) return undefined;
    const good = join(this.path, found.file);
    return `${found.damage}; going on from ${good}, of update ${found.checkpoint.position.updates}`;
  }

  /** Whether the run has told an event. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Number of updates of the last good checkpoint. */
  get savedUpdates(): number | undefined {
    return this.#savedUpdates;
  }

  /** Says more of the run; the command, when it goes on, is that of this part of it. @throws RunFolderError */
  describe({ command, ...about }: RunAbout): void {
    this.#command = command;
    const first = this.#opened.state !== "run" && command !== undefined;
    this.#run = { ...this.#run, ...about, ...(first ? { command } : {}) };
    if (this.#begun) this.#writeRun({});
  }

  /** Takes in the next event of the run. A checkpoint is on the device when the call returns. @throws RunFolderError */
  take(event: RunEvent): void {
    const { history } = this.#begin();
    if (event.type === "checkpoint") {
      this.#save(event.checkpoint);
      return;
    }
    if (event.type === "rollback") this.#recorded = Math.min(this.#recorded, event.updates);
    const line = new TextEncoder().encode(`${JSON.stringify(withoutArrays(event))}\n`);
    this.#trying(files.history, () => {
      history.append(line);
    });
  }

  /** Writes how the run ended, and what came of it. @throws RunFolderError */
  finish(status: Exclude<RunStatus, "running">, { results, message }: RunEnding = {}): void {
    const { history } = this.#begin();
    this.#trying(files.history, () => {
      history.flush();
    });
    this.#writeRun({ status, message: message ?? null, results: results ?? null });
  }

  /** Lets others have the folder. A new folder in which no run began is removed. */
  close(): void {
    this.#files?.history.close();
    this.#files?.updates.close();
    this.#files = undefined;
    this.#opened.lock.release();
    if (this.#begun || this.#opened.state !== "new folder") return;
    try {
      rmdirSync(this.path);
    } catch {
      // There is something in it.
    }
  }

  /** Cuts the files to what belongs to the checkpoint, and says in `run.json` that the run goes on. */
  #begin(): Files {
    if (this.#files !== undefined) return this.#files;
    invariant(!this.#begun, "a run folder that is closed");
    const { found, state } = this.#opened;
    if (found !== undefined)
      this.#trying(files.checkpoint, () => {
        promote(this.path, found);
      });
    const open = (name: string, keep?: { readonly bytes: number; readonly crc32?: number }) =>
      this.#trying(name, () => new AppendFile(join(this.path, name), keep));
    this.#files = {
      history: open(files.history, found?.beside.history),
      updates: open(files.updates, found?.beside.updates),
    };
    this.#begun = true;
    const resumed = {
      date: new Date().toISOString(),
      updates: this.#savedUpdates ?? 0,
      command: this.#command ?? null,
    };
    this.#writeRun({
      status: "running",
      message: null,
      results: null,
      resumed: state === "run" ? [...this.#run.resumed, resumed] : [],
    });
    return this.#files;
  }

  #save(checkpoint: Checkpoint): void {
    const { history, updates } = this.#begin();
    this.#requireLock();
    const columns = checkpoint.history.updates;
    const records = encodeRecords(columns, this.#recorded);
    const start = updates.mark.bytes / recordBytes;
    this.#trying(files.updates, () => {
      updates.append(records);
      updates.flush();
    });
    this.#spans = withRecords(firstRecords(this.#spans, this.#recorded), [
      start,
      start + records.length / recordBytes,
    ]);
    this.#recorded = columns.loss.length;
    this.#trying(files.history, () => {
      history.flush();
    });
    const beside = {
      updates: { ...updates.mark, spans: this.#spans },
      history: history.mark,
    };
    this.#trying(files.checkpoint, () => {
      writeCheckpoint(this.path, encodeCheckpoint(checkpoint, { beside }));
    });
    this.#savedUpdates = checkpoint.position.updates;
    if (!this.#run.checkpointed)
      this.#writeRun({ checkpointed: true, identity: checkpoint.identity, seed: checkpoint.seed });
  }

  #writeRun(changes: Partial<RunFile>): void {
    this.#run = { ...this.#run, ...changes };
    this.#trying(files.run, () => {
      writeRunFile(this.path, this.#run);
    });
  }

  #requireLock(): void {
    if (!this.#opened.lock.held())
      throw this.#failure(this.path, "another process has taken it over");
  }

  #trying<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#failure(join(this.path, name), reasonOf(error), error);
    }
  }

  #failure(file: string, reason: string, cause?: unknown): RunFolderError {
    const about = { folder: this.path, file, savedUpdates: this.#savedUpdates };
    return existsSync(this.path)
      ? new RunFolderError({ ...about, reason, vanished: false }, cause)
      : new RunFolderError({ ...about, reason: "the folder has vanished", vanished: true }, cause);
  }
}

/** An event without its arrays: the parameters, and the loss of each update. */
function withoutArrays(event: RunEvent): object {
  const entries: [string, unknown][] = Object.entries(event);
  return Object.fromEntries(
    entries.filter(([, value]) => !Array.isArray(value) && !ArrayBuffer.isView(value)),
  );
}
