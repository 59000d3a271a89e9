/** What a run folder does with the events that it is told. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { someCheckpoint } from "../../../test/support/checkpoints.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { createRun, openRun } from "./open-run.node.ts";
import { readEvents, readRun, readRunCheckpoint } from "./read-run.node.ts";
import type { RunEvent } from "../events.ts";
import type { RunFolder } from "./run-folder.node.ts";

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "minibatch-folder-")), "run");
const at = (updates: number) => ({ updates, examples: 32 * updates, epochs: updates, seconds: 0 });

/** A checkpoint of a run with these losses. */
function checkpointWith(losses: readonly number[]): Checkpoint {
  const { history, ...rest } = someCheckpoint(losses.length);
  const column = Float64Array.from(losses);
  const updates = { loss: column, learningRate: column, batchSize: column, gradientNorm: column };
  return { ...rest, history: { ...history, updates } };
}

const save = (folder: RunFolder, checkpoint: Checkpoint): void => {
  folder.take({ type: "checkpoint", ...at(checkpoint.position.updates), checkpoint });
};

/** A run that is told to a folder, with what must be found there. */
class ToldRun {
  readonly path: string = newFolder();
  #folder = createRun(this.path);
  #next = 0;
  #losses: readonly number[] = [];
  #told: readonly number[] = [];
  #saved = { losses: this.#losses, told: this.#told };

  constructor() {
    this.goOn(3);
  }

  /** Makes some updates, and a checkpoint. */
  goOn(count: number): void {
    this.#losses = [...this.#losses, ...Array.from({ length: count }, () => this.#next++)];
    this.#tell({ type: "end", reason: "budget", ...at(this.#losses.length) });
    save(this.#folder, checkpointWith(this.#losses));
    this.#saved = { losses: this.#losses, told: this.#told };
  }

  goBack(count: number): void {
    this.#losses = this.#losses.slice(0, Math.max(0, this.#losses.length - count));
    const diverged = { divergedAt: 1, loss: NaN, learningRate: 1, factor: 0.5 };
    this.#tell({ type: "rollback", ...at(this.#losses.length), ...diverged });
  }

  /** Loses what came after the checkpoint, and goes on from it. */
  dieAndGoOn(): void {
    this.close();
    this.#folder = openRun(this.path);
    ({ losses: this.#losses, told: this.#told } = this.#saved);
    expect(this.#folder.checkpoint).toEqual(checkpointWith(this.#losses));
    this.#tell({ type: "end", reason: "aborted", ...at(this.#losses.length) });
    expect(readEvents(this.path).map(({ updates }) => updates)).toEqual(this.#told);
  }

  close(): void {
    this.#folder.close();
    expect(readRunCheckpoint(this.path)).toEqual(checkpointWith(this.#saved.losses));
  }

  #tell(event: RunEvent & { readonly updates: number }): void {
    this.#folder.take(event);
    this.#told = [...this.#told, event.updates];
  }
}

it("finds the updates of the last checkpoint, and the events up to it, however a run goes on, goes back and is killed", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("on"), count: fc.nat(9) }),
    fc.record({ kind: fc.constant("back"), count: fc.nat(15) }),
    fc.record({ kind: fc.constant("die"), count: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const run = new ToldRun();
      for (const { kind, count } of steps)
        if (kind === "on") run.goOn(count);
        else if (kind === "back") run.goBack(count);
        else run.dieAndGoOn();
      run.close();
      rmSync(run.path, { recursive: true });
    }),
    { numRuns: 50 },
  );
});

it("appends one record an update, and never writes one again", () => {
  const path = newFolder();
  const folder = createRun(path);
  const file = join(path, "updates.bin");
  save(folder, checkpointWith([1, 2, 3]));
  const before = readFileSync(file);
  save(folder, checkpointWith([1, 2, 3, 4, 5]));
  expect(statSync(file).size).toBe(5 * 32);
  expect(readFileSync(file).subarray(0, before.length)).toEqual(before);
  folder.close();
});

it("writes run.json with the first event, and keeps nothing of a run that never began", () => {
  const path = newFolder();
  const folder = createRun(path);
  folder.describe({ command: "first", settings: { a: 1 } });
  expect(existsSync(join(path, "run.json"))).toBe(false);
  folder.close();
  expect(existsSync(path)).toBe(false);
});

it("keeps the first command, and those that went on", () => {
  const path = newFolder();
  for (const [i, command] of ["first", "second", "third"].entries()) {
    const folder = i === 0 ? createRun(path) : openRun(path);
    folder.describe({ command, settings: { i } });
    save(folder, checkpointWith([1, 2].slice(0, i + 1)));
    folder.finish("stopped", { results: { i } });
    folder.close();
  }
  const { run } = readRun(path);
  expect(run).toMatchObject({ command: "first", settings: { i: 2 }, results: { i: 2 } });
  expect(run.resumed.map(({ command, updates }) => [command, updates])).toEqual([
    ["second", 1],
    ["third", 2],
  ]);
});
