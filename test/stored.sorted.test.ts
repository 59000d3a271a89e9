/** @file Rows on disk that are sorted for each epoch: the bits are those of the rows in memory, and a process that is killed leaves nothing. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generator, train, type Checkpoint, type TrainOptions } from "../src/index.ts";
import { readRun, readRunCheckpoint } from "../src/runs.node.ts";
import { thisProcess } from "../src/data/cache/process.node.ts";
import { testFolder } from "./support/files.ts";
import { manyRows, model, options, scratchFiles, storedRows } from "./support/sorted-runs.ts";

const { folder } = testFolder();
const program = new URL("support/sorted-runs.ts", import.meta.url).pathname;
const rows = manyRows();

/** Trains, and looks at each chunk whether rows are being sorted. */
async function outcomeOf(data: Parameters<typeof train>[1], more: TrainOptions = {}) {
  let sorting = 0;
  const checkpoints: Checkpoint[] = [];
  const run = train(model, data, { ...options, ...more });
  for await (const event of run) {
    if (event.type === "progress") sorting += scratchFiles(process.pid) ?? 1;
    if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
  }
  const { model: trained, history, updates } = await run.result;
  const { loss } = history.updates;
  return { bits: { parameters: trained.parameters, loss, updates }, sorting, checkpoints };
}

it("trains bit by bit as in memory, and goes on inside an epoch", async () => {
  const stored = await storedRows(join(folder, "bits"));
  expect(stored.windowRows).toBeLessThan(rows.size / 20);
  const inMemory = await outcomeOf(rows);
  expect(inMemory.sorting).toBe(process.platform === "linux" ? 0 : inMemory.sorting);
  const sorted = await outcomeOf(stored);
  expect(sorted.bits).toEqual(inMemory.bits);
  expect(sorted.sorting).toBeGreaterThan(0);
  expect(sorted.bits.updates).toBe(4 * Math.ceil(rows.size / 33));
  for (const updates of [1000, 4500]) {
    const part = await outcomeOf(stored, { updates, checkpointEvery: {} });
    const resume = part.checkpoints.at(-1)!;
    const rest = await outcomeOf(stored, { resume });
    expect(rest.bits.parameters).toEqual(inMemory.bits.parameters);
    expect(rest.sorting).toBeGreaterThan(0);
  }
}, 60_000);

it("a process that is killed while it sorts leaves no scratch file, and its run goes on to the same bits", async () => {
  const cacheFolder = join(folder, "killed");
  const entries = (): readonly string[] => readdirSync(cacheFolder);
  const { uniform } = generator(2026, 8, 4);
  await storedRows(cacheFolder);
  const [entry] = entries();
  const path = join(folder, "run");
  const start = () =>
    spawn(process.execPath, ["--import", "tsx", program, cacheFolder, path], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once("close", (code, signal) => {
        resolve(signal ?? code);
      });
    });
  let killed = 0;
  for (let turn = 0; turn < 4; turn++) {
    const child = start();
    const end = ended(child);
    while (child.exitCode === null && (scratchFiles(child.pid!) ?? 1) === 0) await sleep(2);
    await sleep(300 * uniform());
    child.kill("SIGKILL");
    if ((await end) === "SIGKILL") killed++;
    expect(entries()).toEqual([entry]);
  }
  expect(killed).toBeGreaterThan(2);
  expect(await ended(start())).toBe(0);
  expect(entries()).toEqual([entry]);
  expect(readRun(path)).toMatchObject({ run: { status: "done" } });
  const undisturbed = await outcomeOf(rows);
  const { parameters, history } = readRunCheckpoint(path)!;
  expect(parameters).toEqual(undisturbed.bits.parameters);
  expect(history.updates.loss).toEqual(undisturbed.bits.loss);
}, 120_000);

it("a scratch file that was left between its opening and the loss of its name goes with the next run", async () => {
  const cacheFolder = join(folder, "left");
  await storedRows(cacheFolder);
  const [entry] = readdirSync(cacheFolder);
  // Of a process that there is not: numbers of processes end at 2²² on Linux and below 2³¹ everywhere.
  const { host } = thisProcess();
  const left = join(cacheFolder, `${entry}.sorting-2147483646-1-${host}-abcdef01`);
  closeSync(openSync(left, "w"));
  await storedRows(cacheFolder);
  expect(existsSync(left)).toBe(false);
  expect(readdirSync(cacheFolder)).toEqual([entry]);
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
