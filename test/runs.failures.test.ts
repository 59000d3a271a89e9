/** Run folders that are damaged, do not fit, or fail. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  DataError,
  InputError,
  train,
  type Checkpoint,
  type StreamChunk,
  type TrainOptions,
} from "../src/index.ts";
import {
  createRun,
  openRun,
  readRun,
  readRunCheckpoint,
  RunFolderError,
  trainInFolder,
} from "../src/runs.node.ts";
import {
  data,
  expectSame,
  expectWholeHistory,
  inFolder,
  model,
  newFolder,
  often,
  options,
  stoppingAt,
} from "./support/run-folders.ts";

import { threeClasses } from "./support/runs.ts";

describe("damage", () => {
  const [current, previous] = ["checkpoint.safetensors", "checkpoint.previous.safetensors"];

  async function stopped(): Promise<string> {
    const path = newFolder();
    await inFolder(path, {}, stoppingAt(60));
    await inFolder(path, {}, { ...stoppingAt(120), checkpointEvery: {} }); // One checkpoint, at the end.
    return path;
  }

  it("of the checkpoint is named, and the run goes on from the one before", async () => {
    const path = await stopped();
    const file = join(path, current);
    const good = readFileSync(file);
    const last = readRunCheckpoint(path)!.position.updates;
    for (const offset of [0, 9, 40, good.length >> 1, good.length - 1]) {
      const bytes = Uint8Array.from(good);
      bytes[offset]! ^= 4;
      writeFileSync(file, bytes);
      const folder = openRun(path);
      const { updates } = folder.checkpoint!.position;
      expect(updates).toBeLessThan(last);
      expect(folder.damage).toMatch(
        new RegExp(
          `/checkpoint.safetensors is .*damaged: .*; going on from .*/checkpoint.previous.safetensors, of update ${updates}$`,
        ),
      );
      folder.close();
    }
    await expectSame(await inFolder(path));
    await expectWholeHistory(path);
  });

  it("by cutting is no different, and both can be lost only together", async () => {
    const path = await stopped();
    truncateSync(join(path, current), 1000);
    const { updates } = readRunCheckpoint(path)!.position;
    // The one before has become the current one when the run has begun: a kill then loses nothing.
    const folder = openRun(path);
    folder.take({
      type: "start",
      batchSize: 16,
      updatesPerEpoch: 10,
      examples: 150,
      parameters: 75,
      seed: 3,
      engine: "onnx",
      threads: 1,
    });
    folder.close();
    rmSync(join(path, previous));
    expect(readRunCheckpoint(path)!.position.updates).toBe(updates);
    truncateSync(join(path, current), 1000);
    const before = readFileSync(join(path, "history.jsonl"));
    await expect(inFolder(path)).rejects.toThrow(DataError);
    await expect(inFolder(path)).rejects.toThrow(/^no checkpoint of the run in .* is good/);
    expect(readFileSync(join(path, "history.jsonl"))).toEqual(before);
  });

  it("of the history is named, and the run goes on from a checkpoint that has all of it", async () => {
    const path = await stopped();
    const file = join(path, "history.jsonl");
    const bytes = readFileSync(file);
    const last = bytes.lastIndexOf('"type":"progress"');
    bytes[last]! ^= 1; // of the last checkpoint, and not of the one before
    writeFileSync(file, bytes);
    const folder = openRun(path);
    expect(folder.damage).toMatch(
      /history\.jsonl is damaged: its first \d+ bytes, to .*; going on from .*checkpoint\.previous\.safetensors, of update \d+$/,
    );
    folder.close();
    await expectSame(await inFolder(path));
    await expectWholeHistory(path);
  });

  it("of the history from its beginning costs no update", async () => {
    const path = await stopped();
    const last = readRunCheckpoint(path)!.position.updates;
    rmSync(join(path, "history.jsonl"));
    const folder = openRun(path);
    expect(folder.checkpoint!.position.updates).toBe(last);
    expect(folder.damage).toContain("history.jsonl is missing; going on from");
    folder.close();
    await expectSame(await inFolder(path));
    const again = openRun(path);
    expect(again.damage).toBeUndefined();
    again.close();
  });

  it("of run.json is an error, which says that the checkpoint is good", async () => {
    const path = await stopped();
    writeFileSync(join(path, "run.json"), "{");
    expect(() => openRun(path)).toThrow(`${path}/run.json is damaged: it is not JSON`);
    const resume = readRunCheckpoint(path)!;
    expect(() => openRun(path)).toThrow(`of update ${resume.position.updates}, is good: go on in`);
    await expectSame(await train(model, data, { ...options, resume }).result);
    truncateSync(join(path, previous), 99);
    truncateSync(join(path, current), 99);
    expect(() => openRun(path)).toThrow(/run\.json is damaged: .*\nno checkpoint of the run in/);
    writeFileSync(join(path, "run.json"), '{"format": 9}');
    expect(() => openRun(path)).toThrow("is of format 9, made by a later version of minibatch");
    rmSync(join(path, "run.json"));
    expect(() => openRun(path)).toThrow(`${path} holds no run: there is no run.json in it`);
  });
});

describe("what does not fit", () => {
  it.each<readonly [string, TrainOptions, RegExp]>([
    ["other settings", { batchSize: 32 }, /^resume: batchSize was 16 .*, and is 32 now/],
    ["other validation data", { validation: threeClasses(41, 5, "float32") }, /^resume: the valid/],
  ])("%s are refused, and change nothing", async (_, changed, words) => {
    const path = newFolder();
    await inFolder(path, {}, stoppingAt(60));
    const files = () => readdirSync(path).map((file) => [file, readFileSync(join(path, file))]);
    const before = files();
    await expect(inFolder(path, changed)).rejects.toThrow(words);
    expect(files()).toEqual(before);
    await expectSame(await inFolder(path));
  });

  it("other data are refused", async () => {
    const path = newFolder();
    await inFolder(path, {}, stoppingAt(60));
    const values = Float32Array.from(data.x.data);
    values[7]! += 1;
    const changed = { ...data, x: { ...data.x, data: values } };
    await expect(
      trainInFolder(path, (kept) => train(model, changed, { ...options, ...kept })),
    ).rejects.toThrow(
      /^resume: the training data has changed since the checkpoint of update \d+ was taken/,
    );
  });

  it("a folder in use is refused, one that holds a run is not made anew", async () => {
    const path = newFolder();
    const folder = createRun(path);
    expect(() => createRun(path)).toThrow(`process ${process.pid} writes to it`);
    folder.close();
    expect(existsSync(path)).toBe(false);
    await inFolder(path, {}, stoppingAt(1));
    expect(() => createRun(path)).toThrow(`${path} holds a run already`);
    const opened = openRun(path);
    expect(() => openRun(path)).toThrow(InputError);
    await expect(inFolder(path)).rejects.toThrow(`${path} is in use`);
    expect(readRun(path).writer?.pid).toBe(process.pid);
    opened.close();
  });

  it("a run that fails before its first event leaves no folder", async () => {
    const path = newFolder();
    const broken: AsyncIterable<StreamChunk> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("no first chunk")) }),
    };
    const running = trainInFolder(path, (kept) => train(model, broken, { ...kept }));
    await expect(running).rejects.toThrow("no first chunk");
    expect(existsSync(path)).toBe(false);
  });

  it("a path that cannot be a folder is refused", () => {
    expect(() => createRun("package.json/run")).toThrow(
      "package.json/run cannot be written to (part of the path is a file)",
    );
  });
});

describe("a folder that fails", () => {
  it("by vanishing stops the run", async () => {
    const path = newFolder();
    let updates = 0;
    const failure = await inFolder(
      path,
      { epochs: 1e6, earlyStopping: { patience: 1e6 } },
      {
        ...often,
        onEvent: (event) => {
          if (event.type === "checkpoint") rmSync(path, { recursive: true, force: true });
          if (event.type === "checkpoint") updates = event.updates;
        },
      },
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunFolderError);
    expect((failure as Error).message).toBe(
      `${path} cannot be written: the folder has vanished\nthe checkpoint of update ${updates} was in it`,
    );
  });

  it("by a file that cannot be replaced leaves the checkpoint as it was", async () => {
    const path = newFolder();
    let saved: Checkpoint | undefined;
    const failure = await inFolder(
      path,
      { epochs: 1e6 },
      {
        ...often,
        onEvent: (event) => {
          if (event.type !== "checkpoint" || saved !== undefined) return;
          saved = event.checkpoint;
          mkdirSync(join(path, "checkpoint.safetensors.unfinished"));
        },
      },
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunFolderError);
    expect(failure).toMatchObject({
      file: join(path, "checkpoint.safetensors"),
      reason: "there is a folder of that name",
      savedUpdates: saved?.position.updates,
    });
    expect(readRunCheckpoint(path)).toEqual(saved);
    expect(readRun(path).run).toMatchObject({ status: "failed", results: null });
  });
});
