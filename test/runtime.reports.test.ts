/** @file ONNX Runtime reports nothing about what it runs: no identifier, no cache of reports, no log of its reporter. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const home = mkdtempSync(join(tmpdir(), "minibatch-home-"));
afterAll(() => {
  rmSync(home, { recursive: true });
});

const program = `
  import { dense, fromArrays, sequential, train } from "./src/index.ts";
  const data = fromArrays([[0], [1]], [0, 1], { task: "regression" });
  await train(sequential([dense(1)]), data, { seed: 1 }).result;
  console.log(JSON.stringify([process.pid, process.env.ORT_DISABLE_TELEMETRY]));
`;

/** Trains in a process whose home is empty. Continuous integration turns the reports off by itself, so it says that it is none. */
function trained(variable: Record<string, string>): readonly [pid: number, variable: string] {
  const { CI: _, GITHUB_ACTIONS: _2, ORT_DISABLE_TELEMETRY: _3, ...env } = process.env;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const own = { HOME: home, XDG_CACHE_HOME: join(home, ".cache"), ...variable };
  const printed = execFileSync(process.execPath, args, {
    env: { ...env, ...own },
    encoding: "utf8",
  });
  return JSON.parse(printed) as [number, string];
}

it("is told to send no reports, before its first session", () => {
  const [pid, variable] = trained({});
  expect(variable).toBe("1");
  expect(existsSync(join(tmpdir(), `mat-debug-${pid}.log`))).toBe(false);
  const written = readdirSync(home, { recursive: true, encoding: "utf8" });
  expect(written.filter((path) => /onnxruntime|Microsoft/.test(path))).toEqual([]);
});

it("does as the user says", () => {
  expect(trained({ ORT_DISABLE_TELEMETRY: "true" })[1]).toBe("true");
});
