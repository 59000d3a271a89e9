/** One writer a folder. */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../errors.ts";
import { lockFolder, lockHolder } from "./lock.node.ts";
import { thisProcess } from "./process-identity.node.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minibatch-lock-"));
  file = join(folder, "lock");
});

const leave = (holder: object): void => {
  writeFileSync(file, JSON.stringify(holder));
};
const silentFor = (seconds: number): void => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(file, then, then);
};

/** Takes the lock and gives it back. */
function takesIt(): boolean {
  const lock = lockFolder(folder);
  const held = lock.held();
  lock.release();
  return held && !existsSync(file);
}

describe("a lock", () => {
  it("names this process, is held once, and can be had again after its release", () => {
    const lock = lockFolder(folder);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
    expect(lockHolder(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    expect(() => lockFolder(folder)).toThrow(InputError);
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use: process ${process.pid} writes to it; wait until it ends, or stop it`,
    );
    lock.release();
    expect(lockHolder(folder)).toBeUndefined();
    expect(takesIt()).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of another living process is refused", async () => {
    const child = spawn("sleep", ["60"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    leave({ pid: child.pid, started: null, host: hostname() });
    expect(() => lockFolder(folder)).toThrow(`process ${child.pid} writes to it`);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(takesIt()).toBe(true);
  });

  it("of a dead process is taken over", () => {
    const { pid } = spawnSync("true");
    leave({ pid, started: null, host: hostname() });
    expect(lockHolder(folder)).toBeUndefined();
    expect(takesIt()).toBe(true);
  });

  it.runIf(thisProcess().started !== null)(
    "is taken over when its number went to another process",
    () => {
      leave({ ...thisProcess(), started: "another boot 123" });
      expect(takesIt()).toBe(true);
      leave(thisProcess());
      expect(() => lockFolder(folder)).toThrow("is in use");
    },
  );

  it.runIf(thisProcess().started !== null)(
    "of a dead process that waits for its parent is taken over",
    async () => {
      // The shell starts a process and becomes one that never asks what came of it.
      const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"], { stdio: "pipe" });
      const pid = await new Promise<number>((resolve) => {
        parent.stdout.once("data", (text: Buffer) => {
          resolve(Number(text));
        });
      });
      const stat = () => readFileSync(`/proc/${pid}/stat`, "utf8");
      while (!stat().includes(") Z ")) await new Promise((resolve) => setTimeout(resolve, 5));
      leave({ pid, started: null, host: hostname() });
      expect(takesIt()).toBe(true);
      parent.kill("SIGKILL");
    },
  );

  it("of a process elsewhere is refused while that gives signs of life", () => {
    leave({ pid: 7, started: null, host: "elsewhere" });
    silentFor(20);
    expect(() => lockFolder(folder)).toThrow(
      /process 7 of elsewhere, alive \d\d s ago, writes to it/,
    );
    silentFor(120);
    expect(takesIt()).toBe(true);
  });

  it("that does not say whose it is has just been made, or never will be", () => {
    writeFileSync(file, "");
    expect(() => lockFolder(folder)).toThrow("is being opened by another process");
    silentFor(120);
    expect(takesIt()).toBe(true);
  });

  it("is released when the process ends by itself", () => {
    const source = new URL("lock.node.ts", import.meta.url).href;
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        ...["--import", "tsx", "--input-type=module", "-e"],
        `import { lockFolder } from ${JSON.stringify(source)}; import { existsSync } from "node:fs";
         lockFolder(${JSON.stringify(folder)}); console.log(existsSync(${JSON.stringify(file)}));`,
      ],
      { encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "true\n" });
    expect(existsSync(file)).toBe(false);
  });

  it("of a dead process goes to one of those who want it at once", async () => {
    const { pid } = spawnSync("true");
    leave({ pid, started: null, host: hostname() });
    const source = new URL("lock.node.ts", import.meta.url).href;
    const program = `import { lockFolder } from ${JSON.stringify(source)};
      process.stdout.write("ready\\n");
      process.stdin.once("data", () => {
        try { lockFolder(${JSON.stringify(folder)}); process.stdout.write("mine\\n"); }
        catch { process.stdout.write("refused\\n"); }
      });`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]),
    );
    const says = (child: (typeof children)[number]) =>
      new Promise<string>((resolve) => {
        child.stdout.once("data", (text: Buffer) => {
          resolve(text.toString().trim());
        });
      });
    expect(await Promise.all(children.map(says))).toEqual(Array(4).fill("ready"));
    const answers = children.map(says);
    for (const child of children) child.stdin.write("go");
    const all = await Promise.all(answers);
    for (const child of children) child.kill("SIGKILL");
    expect(all.sort()).toEqual(["mine", "refused", "refused", "refused"]);
  });

  it("that was taken away is noticed, and the other's is left alone", () => {
    const lock = lockFolder(folder);
    leave({ pid: 1, started: null, host: "elsewhere" });
    expect(lock.held()).toBe(false);
    lock.release();
    expect(existsSync(file)).toBe(true);
  });
});
