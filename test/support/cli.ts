/** @file The terminal program as a child process. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";

const bin = new URL("../../bin/minibatch.js", import.meta.url).pathname;

/** What a call left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call that is under way. */
export interface Call {
  readonly child: ChildProcess;
  /** Resolves when standard error holds `text`. */
  readonly says: (text: string | RegExp) => Promise<void>;
  readonly outcome: Promise<Outcome>;
}

/** Starts `minibatch` with `args`; neither its input nor its outputs are terminals. */
export function call(...args: readonly string[]): Call {
  return callIn(process.cwd(), ...args);
}

/** The same in another folder. */
export function callIn(folder: string, ...args: readonly string[]): Call {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const outputs = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      outputs[name] += text;
      for (const listener of listeners) listener();
    });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, ...outputs });
    });
  });
  const says = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        const found =
          typeof text === "string" ? outputs.stderr.includes(text) : text.test(outputs.stderr);
        if (found) resolve();
      };
      listeners.add(check);
      check();
      void outcome.then(({ stderr }) => {
        reject(new Error(`ended without saying ${String(text)}: ${stderr}`));
      });
    });
  return { child, says, outcome };
}

/** Runs `minibatch` in a folder to its end. */
export function minibatchIn(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return callIn(folder, ...args).outcome;
}

/** Runs `minibatch` with `args` to its end. */
export function minibatch(...args: readonly string[]): Promise<Outcome> {
  return call(...args).outcome;
}

/** A call on a terminal of its own. */
export interface TerminalCall {
  /** Resolves when the terminal has shown `text`. */
  readonly shows: (text: string) => Promise<void>;
  /** Takes the terminal away. */
  readonly close: () => void;
  /** Resolves when `minibatch` has ended. */
  readonly ended: Promise<void>;
}

/** Starts `minibatch` on a terminal, made by script(1) of util-linux. */
export function callOnTerminal(...args: readonly string[]): TerminalCall {
  // The pipe of descriptor 3 is held by minibatch alone once the terminal is gone.
  const command = [process.execPath, bin, ...args].join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore", "pipe"],
  });
  const held = child.stdio[3] as Readable;
  const ended = new Promise<void>((resolve) => held.resume().on("close", resolve));
  let shown = "";
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout!.setEncoding("utf8").on("data", (part: string) => {
        shown += part;
        if (shown.includes(text)) resolve();
      });
      void ended.then(() => {
        reject(new Error(`ended without showing ${text}: ${shown}`));
      });
    });
  return { shows, close: () => child.kill("SIGKILL"), ended };
}
