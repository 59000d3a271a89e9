/** @file `minibatch train --batch-size auto`: what is told of a run is told of the batch size that it has. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunRecord } from "../src/cli/run-record.ts";
import { minibatchIn } from "./support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-auto-"));

/** Labels of the lines of progress: `batch size 256: 1.00/2 epochs, …`. */
const sizesTold = (stderr: string) =>
  [...stderr.matchAll(/^batch size ([\d,]+): /gm)].map(([, size = ""]) =>
    Number(size.replace(",", "")),
  );

test("progress names the batch size of now, also where the run goes on", async () => {
  const args = ["digits", "--batch-size", "auto", "--optimizer", "adam", "--seed", "1", "--json"];
  const first = await minibatchIn(folder, "train", ...args, "--epochs", "2", "--out", "run");
  expect(first.stderr).toContain("\nbatch size auto, from 32, learning rate 0.001, ");
  const { batchSize, batchSizes } = JSON.parse(first.stdout) as RunRecord;
  const last = batchSizes.at(-1)?.batchSize ?? batchSize;
  expect(sizesTold(first.stderr).at(-1)).toBe(last);

  const more = await minibatchIn(folder, "train", "--resume", "run", "--epochs", "3", "--json");
  const changed = /^batch size ([\d,]+) from update/m.test(more.stderr);
  if (!changed) expect(sizesTold(more.stderr)[0]).toBe(last);
});
