/** A disk that fills up, and a limit on the size of files: the run stops, says so, and goes on when there is room. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readEvents, readRun, readRunCheckpoint } from "../src/runs.node.ts";
import { minibatch, type Outcome } from "./support/cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "minibatch-full-"));
const bin = new URL("../bin/minibatch.js", import.meta.url).pathname;
const options = ["digits", "--batch-size", "1", "--epochs", "12", "--seed", "1", "--quiet"];
const kept = ["--model", "mlp:16", "--checkpoint-every", "0.02", "--learning-rate", "0.01"];
const train = (out: string) => ["train", ...options, ...kept, "--out", out];
const updates = 12 * 1437;

/** Runs `minibatch` where files may have so many blocks of 512 bytes. */
function withLimit(blocks: number, args: readonly string[]): Promise<Outcome> {
  const command = `ulimit -f ${blocks}; exec "$@"`;
  const child = spawn("sh", ["-c", command, "sh", process.execPath, bin, ...args]);
  const outputs = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (outputs[name] += text));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      resolve({ code, ...outputs });
    });
  });
}

/** A file system of so many kilobytes; undefined where this process may not make one. */
function smallDisk(kilobytes: number): string | undefined {
  const path = join(scratch, "disk");
  mkdirSync(path);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path], {
      stdio: "ignore",
    });
    return path;
  } catch {
    return undefined;
  }
}

const disk = smallDisk(400);
afterAll(() => {
  if (disk !== undefined) execFileSync("umount", [disk]);
});

const undisturbed = join(scratch, "undisturbed");
beforeAll(async () => {
  expect(await minibatch(...train(undisturbed))).toMatchObject({ code: 0, stderr: "" });
});

/** Holds that a run stopped with a good checkpoint, and that its folder says why. */
function expectStopped({ code, stdout, stderr }: Outcome, path: string, reason: string): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const saved = readRunCheckpoint(path)?.position.updates;
  expect(saved).toBeGreaterThan(0);
  expect(saved).toBeLessThan(updates);
  expect(stderr).toMatch(/^[^\n]+\n[^\n]+\n$/);
  expect(stderr).toMatch(new RegExp(`^minibatch: ${path}/[\\w.]+ cannot be written: ${reason}\n`));
  expect(stderr).toContain(
    `\nthe last good checkpoint is of update ${saved}; go on from it with: minibatch train --resume ${path}\n`,
  );
  expect(readdirSync(path).filter((file) => /unfinished|lock/.test(file))).toEqual([]);
}

/** Lets the run go on, and compares it with one that always had room. */
async function expectGoesOn(path: string): Promise<void> {
  expect(await minibatch("train", "--resume", path, "--quiet")).toMatchObject({
    code: 0,
    stderr: "",
  });
  const bitsOf = (of: string) => {
    const { parameters, slots, position, history } = readRunCheckpoint(of)!;
    return { parameters, slots, position, updates: history.updates, epochs: history.epochs };
  };
  expect(bitsOf(path)).toEqual(bitsOf(undisturbed));
  const epochs = readEvents(path).flatMap(({ type, epoch }) => (type === "epoch" ? [epoch] : []));
  expect(epochs).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  expect(readRun(path).run.status).toBe("done");
}

it("a limit on the size of files", async () => {
  const path = join(scratch, "limited");
  const stopped = await withLimit(400, train(path)); // 200 kB: 6,400 records of updates.bin
  expectStopped(stopped, path, "the file would be larger than is allowed");
  expect(readRun(path).run.status).toBe("failed");
  await expectGoesOn(path);
});

it.runIf(disk !== undefined)("a full disk", async () => {
  const path = join(disk!, "run");
  const stopped = await minibatch(...train(path));
  expectStopped(stopped, path, "no space left on the device");
  execFileSync("mount", ["-o", "remount,size=20m", disk!]);
  await expectGoesOn(path);
});
