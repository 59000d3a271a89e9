/** @file `--help`: every command has it, in lines that fit a terminal. */
import { describe, expect, it } from "vitest";
import { minibatch } from "./support/cli.ts";

const commands = ["", "compare", "study", "train", "tune", "predict", "export", "runs"];
const ofRuns = ["runs list", "runs show", "runs compare", "runs remove"];

describe("--help", () => {
  it.concurrent.each([...commands, ...ofRuns])("of minibatch %s", async (command) => {
    const words = command.split(" ").filter((word) => word !== "");
    const { code, stdout, stderr } = await minibatch(...words, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: ${["minibatch", ...words].join(" ")} `));
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
