import { execFileSync, spawn } from "node:child_process";
import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RuntimeError } from "../errors.ts";
import { requireWritable, unfinishedFile, writeWhole } from "./output.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-output-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const text = (name: string) => readFileSync(join(folder, name), "utf8");

/** Writes `content` in the two ways there are. */
const ways: Readonly<Record<string, (file: string, content: string) => void>> = {
  "at once": writeWhole,
  "piece by piece": (file, content) => {
    const unfinished = unfinishedFile(file);
    writeFileSync(unfinished.path, content);
    unfinished.keep();
    unfinished.discard();
  },
};

describe.each(Object.entries(ways))("a file that is written %s", (name, write) => {
  it("replaces what a link points to, and not the link", () => {
    const [real, link] = [join(folder, `real ${name}`), join(folder, `link ${name}`)];
    writeFileSync(real, "old");
    symlinkSync(real, link);
    write(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(text(`real ${name}`)).toBe("new");
  });

  it.skipIf(process.platform === "win32")("goes into a pipe, and does not replace it", async () => {
    const pipe = join(folder, `pipe ${name}`);
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe]);
    try {
      const read = new Promise((resolve) => reader.stdout.once("data", resolve));
      requireWritable("--out", pipe);
      write(pipe, "through");
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      expect(String(await read)).toBe("through");
    } finally {
      reader.kill();
    }
  });
});

it("a path through a file is refused in words", () => {
  writeFileSync(join(folder, "plain"), "");
  expect(() => {
    requireWritable("--out", join(folder, "plain", "report.html"));
  }).toThrow("cannot be written to (part of the path is a file); give a folder that can");
});

it("leaves nothing unfinished where a file cannot be written, and says which", () => {
  const before = readdirSync(folder);
  expect(() => {
    writeWhole(join(folder, "missing", "report.html"), "text");
  }).toThrow(RuntimeError);
  expect(readdirSync(folder)).toEqual(before);
});
