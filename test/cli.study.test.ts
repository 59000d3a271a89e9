/** @file `minibatch study`: table, JSON and page; a study that is stopped. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Study } from "../src/index.ts";
import { call, minibatch } from "./support/cli.ts";

const folder = () => mkdtempSync(join(tmpdir(), "minibatch-study-"));

describe("minibatch study", { timeout: 60_000 }, () => {
  it("prints verdicts with their numbers, and writes study.html", async () => {
    const out = folder();
    const { code, stdout, stderr } = await minibatch(
      ..."study iris --claims 1,11 --seed 1 --out".split(" "),
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1\. +holds +An epoch of N examples/m);
    expect(stdout).toMatch(/^11\. +cannot tell +Batches of 1–32/m);
    expect(stdout).toContain("1 holds here, 0 do not, and 1 cannot be told");
    expect(stdout).toContain(`report: ${join(out, "study.html")}`);
    expect(stderr).toContain("1. updates-per-epoch: holds");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    const page = readFileSync(join(out, "study.html"), "utf8");
    expect(page).toContain("minibatch study iris --claims 1,11");
  });

  it("prints one JSON document and nothing else with --json", async () => {
    const out = folder();
    const { code, stdout, stderr } = await minibatch(
      ..."study iris --claims 1 --seeds 2 --seed 7 --model linear --json --quiet --no-report".split(
        " ",
      ),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const study = JSON.parse(stdout) as Study;
    expect(study).toMatchObject({ seed: 7, seeds: 2, complete: true });
    expect(study.claims).toMatchObject([
      {
        id: "updates-per-epoch",
        number: 1,
        verdict: "holds",
        evidence: { chart: { y: "updates" } },
      },
    ]);
    expect(existsSync(join(out, "study.html"))).toBe(false);
  });

  it("takes the optimizer and the options of files as tune does", async () => {
    const out = folder();
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 3},g${i % 4}`);
    writeFileSync(join(out, "t.csv"), ["a;b;c;g", ...rows].join("\n").replaceAll(",", ";"));
    const { code, stdout, stderr } = await minibatch(
      ...["study", join(out, "t.csv"), "--target", "c", "--task", "regression", "--drop", "b"],
      ...["--groups", "g", "--optimizer", "momentum", "--claims", "1", "--seed", "1", "--out", out],
    );
    expect(code).toBe(0);
    expect(stderr).toContain("optimizer momentum");
    expect(stdout).toMatch(/^1\. +holds/m);
    expect(readFileSync(join(out, "study.html"), "utf8")).toContain(
      '"optimizer":"sgd, momentum 0.9"',
    );
  });

  it("refuses a target that is no column", async () => {
    const { code, stderr } = await minibatch("study", "iris", "--target", "accuracy=0.9");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'minibatch: --target can only be the column to predict here: what the runs are to reach is found by a first run; got "accuracy=0.9"\n',
    });
  });

  it("keeps what is done when it is interrupted, and exits with 130", async () => {
    const out = folder();
    const study = call(..."study digits --claims 1,6,9 --seed 1 --seeds 40 --out".split(" "), out);
    await study.says("1. updates-per-epoch: holds");
    study.child.kill("SIGINT");
    const { code, stdout } = await study.outcome;
    expect(code).toBe(130);
    expect(stdout).toContain("Stopped before all claims were tested.");
    expect(readFileSync(join(out, "study.html"), "utf8")).toContain('"complete":false');
  });
});
