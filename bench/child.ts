/** @file Runs one measurement in a child process. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pythonWith } from "./engines.ts";
import type { Engine } from "./engines.ts";
import type { Job, Measurement } from "./job.ts";

/** A measurement that takes longer has hung. */
const limitMilliseconds = 300_000;

function command({ program, python }: Engine): [string, readonly string[]] {
  const file = fileURLToPath(new URL(`engines/${program}`, import.meta.url));
  // process.execArgv carries tsx's hooks on to the child.
  if (python === undefined) return [process.execPath, [...process.execArgv, file]];
  return [pythonWith(python.module) ?? "python3", [file]];
}

/**
 * Measures one engine at one batch size in a process of its own.
 *
 * @throws Error with the end of the child's standard error, when it failed
 */
export async function runChild(engine: Engine, job: Job): Promise<Measurement> {
  const [program, before] = command(engine);
  const threads = String(job.threads);
  const child = spawn(program, [...before, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMilliseconds,
    // The linear algebra under NumPy and PyTorch takes its number of threads from here.
    env: {
      ...process.env,
      OMP_NUM_THREADS: threads,
      OPENBLAS_NUM_THREADS: threads,
      MKL_NUM_THREADS: threads,
      PYTHONDONTWRITEBYTECODE: "1",
      // As minibatch does: the loop by hand shall not send reports either.
      ORT_DISABLE_TELEMETRY: "1",
    },
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const answer = output.split("\n").find((line) => line.startsWith("{"));
  if (code !== 0 || answer === undefined) {
    const reason = errors.trim().split("\n").slice(-12).join("\n") || "no answer";
    throw new Error(`${engine.name} at batch size ${job.batchSize} failed: ${reason}`);
  }
  return JSON.parse(answer) as Measurement;
}
