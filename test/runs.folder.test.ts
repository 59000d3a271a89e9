/** Runs in folders: what lies there, and going on from it. */
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DivergenceError, sgd } from "../src/index.ts";
import { readRun, readRunCheckpoint } from "../src/runs.node.ts";
import {
  expectSame,
  expectWholeHistory,
  inFolder,
  newFolder,
  often,
  stoppingAt,
} from "./support/run-folders.ts";

describe("a run in a folder", () => {
  it("leaves its settings, its history, its checkpoint and what came of it", async () => {
    const path = newFolder();
    const about = { settings: { batchSize: 16 }, command: "me", preprocessing: { mean: [1] } };
    const result = await inFolder(path, {}, { ...often, about });
    await expectSame(result);
    await expectWholeHistory(path);
    expect(readdirSync(path).sort()).toEqual([
      ...["checkpoint.previous.safetensors", "checkpoint.safetensors"],
      ...["history.jsonl", "run.json", "updates.bin"],
    ]);
    const { run, writer } = readRun(path);
    expect(writer).toBeUndefined();
    expect(run).toMatchObject({
      ...{ format: 1, status: "done", resumed: [], checkpointed: true, message: null, seed: 3 },
      ...about,
      identity: { model: "dense(8) relu dense(3)", batchSize: 16, seed: 3 },
      results: { updates: result.updates, ended: result.reason },
    });
    expect(run.environment.runtime).toMatch(/^onnxruntime-node [\d.]+, Node /);
    expect(Date.now() - Date.parse(run.created)).toBeLessThan(600_000);
    const checkpoint = readRunCheckpoint(path);
    expect(checkpoint?.history.updates).toEqual(result.history.updates);
    expect(checkpoint?.parameters["0.weight"]?.shape).toEqual([8, 5]);
  });

  it("that was stopped goes on as if it had not been, any number of times", async () => {
    const path = newFolder();
    for (const updates of [1, 60, 61, 150]) {
      const { reason } = await inFolder(path, {}, stoppingAt(updates));
      expect(reason).toBe("aborted");
      expect(readRun(path).run).toMatchObject({ status: "stopped", results: { ended: "aborted" } });
    }
    await expectSame(await inFolder(path));
    await expectWholeHistory(path);
    expect(readRun(path).run.resumed.map(({ updates }) => updates)).toHaveLength(4);
  });

  it("goes on from any state that a killed process leaves", async () => {
    const path = newFolder();
    const copies: string[] = [];
    let count = 0;
    await inFolder(
      path,
      {},
      {
        ...often,
        onEvent: ({ type }) => {
          if (type !== "start" && count++ % 17 !== 0) return;
          copies.push(`${path}-${count}`);
          cpSync(path, copies.at(-1)!, { recursive: true });
        },
      },
    );
    expect(copies.length).toBeGreaterThan(5);
    for (const copy of copies) {
      // The lock names this process, which has let go of the folder since.
      rmSync(join(copy, "lock"));
      writeFileSync(join(copy, "history.jsonl"), '{"type":"prog', { flag: "a" });
      expect(readRun(copy).run.status).toBe("running");
      await expectSame(await inFolder(copy, {}, { checkpointEvery: {} }));
      await expectWholeHistory(copy);
    }
  });

  it("that is finished can be given more", async () => {
    const path = newFolder();
    await inFolder(path, { epochs: 4 });
    await expectSame(await inFolder(path));
    await expectWholeHistory(path);
  });

  it("that diverges says so in its folder", async () => {
    const path = newFolder();
    const running = inFolder(path, { optimizer: sgd({ learningRate: 1e9 }) });
    await expect(running).rejects.toThrow(DivergenceError);
    const { status, message } = readRun(path).run;
    expect(status).toBe("diverged");
    expect(message).toMatch(/^training diverged at update \d+/);
  });
});
