/** @file `minibatch runs` on runs that are under way or were killed, and their removal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { callIn, minibatchIn } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";

const { folder } = testFolder();
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const path = (...parts: readonly string[]): string => join(folder, "runs", ...parts);
const lines = (text: string): readonly string[] => text.trim().split("\n");

interface Listed {
  readonly runs: readonly { readonly name: string; readonly status: string }[];
}

beforeAll(async () => {
  for (const name of ["small", "large", "line"]) {
    const options = ["--epochs", "1", "--seed", "1", "--quiet"];
    await run("train", "moons", "--out", join("runs", name), ...options);
  }
});

describe("a run that is under way", () => {
  it("is shown as such, is not removed, and can be predicted from once it is killed", async () => {
    const options = ["--seconds", "60", "--seed", "1", "--checkpoint-every", "0.2"];
    const running = callIn(folder, "train", "digits", "--out", "runs/open", ...options);
    await running.says("run folder runs/open");
    while (!existsSync(path("open", "checkpoint.safetensors")))
      await new Promise((resolve) => setTimeout(resolve, 50));
    const listed = JSON.parse((await run("runs", "list", "--json")).stdout) as Listed;
    expect(listed.runs.find(({ name }) => name === "open")?.status).toBe("running");
    const refused = await run("runs", "remove", "open", "--yes");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^minibatch: runs\/open is under way: process \d+ .*stop that/);
    running.child.kill("SIGKILL");
    await running.outcome;

    const shown = await run("runs", "show", "open");
    expect(shown.stdout).toMatch(/^status +interrupted$/m);
    expect(shown.stdout).toMatch(/^accuracy +\d/m);
    expect(shown.stdout).toContain("go on: minibatch train --resume runs/open");
    const predicted = await run("predict", "open", "digits");
    expect(predicted.code, predicted.stderr).toBe(0);
    expect(lines(predicted.stdout)).toHaveLength(361);
    expect(predicted.stderr).toMatch(/runs\/open has not ended: predicting with its checkpoint/);
    expect((await run("runs", "remove", "open", "--yes")).stdout).toBe("removed runs/open\n");
    expect(existsSync(path("open"))).toBe(false);
  });

  it("has nothing to predict with before its first checkpoint", async () => {
    mkdirSync(path("new"));
    const file = { ...(JSON.parse(readFileSync(path("small", "run.json"), "utf8")) as object) };
    const open = { ...file, status: "running", results: null, checkpointed: false };
    writeFileSync(path("new", "run.json"), JSON.stringify(open));
    const { code, stderr } = await run("predict", "new", "digits");
    expect(code).toBe(2);
    expect(stderr).toBe(
      "minibatch: runs/new has no model and no checkpoint yet; go on with it: minibatch train --resume runs/new\n",
    );
  });
});

describe("remove", () => {
  it("does nothing without a terminal and without --yes", async () => {
    const { code, stderr } = await run("runs", "remove", "line");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^minibatch: give --yes to remove runs\/line \(\d+ kB\) without being asked\n$/,
    );
    expect(existsSync(path("line", "run.json"))).toBe(true);
  });

  it.runIf(existsSync("/usr/bin/script"))("asks on a terminal", async () => {
    const bin = new URL("../bin/minibatch.js", import.meta.url).pathname;
    const answered = async (answer: string): Promise<void> => {
      const command = `${process.execPath} ${bin} runs remove line`;
      const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], { cwd: folder });
      let asked = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (!asked && text.includes("[y/N]")) {
          asked = true;
          child.stdin.write(`${answer}\n`);
        }
      });
      await once(child, "close");
      expect(asked).toBe(true);
    };
    await answered("n");
    expect(existsSync(path("line", "run.json"))).toBe(true);
    await answered("y");
    expect(existsSync(path("line"))).toBe(false);
  });

  it("refuses what is no run, before anything is removed", async () => {
    mkdirSync(join(folder, "photos"));
    writeFileSync(join(folder, "photos", "1.jpg"), "");
    const { code, stderr } = await run("runs", "remove", "large", "photos", "--yes");
    expect(code).toBe(2);
    expect(stderr).toBe("minibatch: photos holds no run: there is no run.json in it\n");
    expect(existsSync(path("large", "run.json"))).toBe(true);
  });

  it("leaves what is not of the run, and removes a damaged one", async () => {
    writeFileSync(path("large", "notes.txt"), "mine");
    writeFileSync(path("large", "run.json"), "{");
    const { code, stdout } = await run("runs", "remove", "large", "--yes");
    expect(code).toBe(0);
    expect(stdout).toBe("removed the run in runs/large; left what is not of the run: notes.txt\n");
    expect(readdirSync(path("large"))).toEqual(["notes.txt"]);
  });

  it("removes a run through a link, and the link", async () => {
    await run("train", "moons", "--out", "elsewhere", "--epochs", "1", "--seed", "1", "--quiet");
    symlinkSync(join(folder, "elsewhere"), path("link"));
    const { code, stdout, stderr } = await run("runs", "remove", "link", "--yes");
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("removed runs/link\n");
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
    expect(readdirSync(path())).not.toContain("link");
  });
});
