/** Training processes that are killed at any moment, again and again: what they leave goes on and ends as if nothing had been. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { generator } from "../src/index.ts";
import { readEvents, readRun, readRunCheckpoint, type StoredEvent } from "../src/runs.node.ts";
import { longRuns } from "./support/long-runs.ts";

const program = new URL("support/long-runs.ts", import.meta.url).pathname;
const bin = new URL("../bin/minibatch.js", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "minibatch-kill-"));

/** Commands that make a run in a folder; all but the last go on with it when it is there. */
interface Victim {
  readonly updates: number;
  readonly start: (path: string) => readonly string[];
  readonly goOn: (path: string) => readonly string[];
}

const byLibrary = (name: keyof typeof longRuns): Victim => {
  const start = (path: string) => ["--import", "tsx", program, name, path];
  return { updates: longRuns[name].updates, start, goOn: start };
};

const everyChunk = ["--checkpoint-every", "0.01", "--quiet"];
const byTerminal: Victim = {
  updates: 25 * 90,
  start: (path) => [
    ...[bin, "train", "digits", "--epochs", "25", "--batch-size", "16", "--optimizer", "adam"],
    ...["--seed", "3", "--target", "valLoss=0", "--out", path, ...everyChunk],
  ],
  goOn: (path) => [bin, "train", "--resume", path, ...everyChunk],
};

/** A process that is under way. */
function launched(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  let ended = false;
  const end = new Promise<{ code: number | null; signal: string | null; stderr: string }>(
    (resolve) => {
      child.once("close", (code, signal) => {
        ended = true;
        resolve({ code, signal, stderr });
      });
    },
  );
  return { child, end, ended: () => ended };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Number of updates that a history tells of. */
function toldUpdates(path: string): number {
  const last = readEvents(path).findLast(({ type }) => type === "progress");
  return last?.updates ?? 0;
}

const uniform = generator(2026, 8, 3).uniform;

/** Lets a process live for a while, and kills it. @returns whether it was alive then */
async function killedOnce(args: readonly string[], path: string, until: number): Promise<boolean> {
  const { child, end, ended } = launched(args);
  // One in four dies at a random moment of its first half second, the others soon after an update.
  if (uniform() < 0.25) await sleep(500 * uniform());
  else {
    while (!ended() && toldUpdates(path) < until) await sleep(3);
    await sleep(40 * uniform());
  }
  child.kill("SIGKILL");
  const { signal, code, stderr } = await end;
  expect(signal ?? code, stderr).toBe(signal === null ? 0 : "SIGKILL");
  return signal === "SIGKILL";
}

/** Kills a run so many times, spread over it, then lets it end. @returns how often it was alive to be killed */
async function killedOften({ start, goOn, updates }: Victim, path: string, kills: number) {
  let count = 0;
  for (let kill = 0; kill < kills; kill++) {
    const args = exists(path) ? goOn(path) : start(path);
    if (await killedOnce(args, path, (updates * (kill + uniform())) / (kills + 1))) count++;
  }
  const { code, stderr } = await launched(exists(path) ? goOn(path) : start(path)).end;
  expect(code, stderr).toBe(0);
  return count;
}

const exists = (path: string): boolean => existsSync(join(path, "run.json"));

/** All that two runs must have in common, bit by bit. */
function bitsOf(path: string) {
  const { seconds: _, evaluationSeconds: __, history, ...rest } = readRunCheckpoint(path)!;
  const evaluations = history.evaluations.map(({ seconds: ___, ...evaluation }) => evaluation);
  return { ...rest, history: { ...history, evaluations } };
}

const withoutSeconds = ({ seconds: _, ...event }: StoredEvent) => event;

/** Holds that a history tells each update, epoch and evaluation once and in order, as that of the undisturbed run. */
function expectSameHistory(path: string, undisturbed: string): void {
  const told = (of: string, ...types: readonly string[]) =>
    readEvents(of)
      .filter(({ type }) => types.includes(type))
      .map(withoutSeconds);
  const marks = ["epoch", "evaluation", "target", "end"];
  expect(told(path, ...marks)).toEqual(told(undisturbed, ...marks));
  let at = 0;
  for (const event of readEvents(path))
    if (event.type === "start") expect(event["resumedFrom"] ?? 0).toBe(at);
    else if (event.type === "progress") {
      expect(event.updates).toBeGreaterThan(at);
      at = event.updates!;
    }
  expect(at).toBe(toldUpdates(undisturbed));
}

let kills = 0;
afterAll(() => {
  expect(kills).toBeGreaterThanOrEqual(20);
});

describe.each([
  ["a run that writes most of the time", byLibrary("early stopping"), 10],
  ["a run of batch size 1", byLibrary("batch size 1"), 8],
  ["a run of the terminal", byTerminal, 6],
] as const)("%s", (name, victim, times) => {
  it(`killed ${times} times ends with the bits of one that was not`, async () => {
    const undisturbed = join(scratch, `${name}, undisturbed`);
    const { code, stderr } = await launched(victim.start(undisturbed)).end;
    expect(code, stderr).toBe(0);
    // A run that ends before its time is up is followed by another one.
    for (let round = 1, left: number = times; left > 0 && round < 5; round++) {
      const path = join(scratch, `${name}, ${round}`);
      const count = await killedOften(victim, path, left);
      kills += count;
      left -= count;
      expect(bitsOf(path)).toEqual(bitsOf(undisturbed));
      expectSameHistory(path, undisturbed);
      expect(readRun(path)).toMatchObject({ run: { status: "done" }, writer: undefined });
    }
  }, 120_000);
});
