/** Files written for a test. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder that is there until the tests of the file are through, and how to write files into it. */
export function testFolder(): {
  readonly folder: string;
  readonly write: (name: string, content: string | Uint8Array) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), "minibatch-test-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let files = 0;
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, `${files++}-${name}`);
    writeFileSync(path, content);
    return path;
  };
  return { folder, write };
}
