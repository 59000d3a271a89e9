/** @file What the benchmark asks of an engine's program and what it answers: one JSON document each way. */

/** The network of the benchmark: 784–128–10. */
export const network = { inputs: 784, hidden: 128, classes: 10 } as const;

/** The training examples of MNIST. */
export const examples = 60_000;

/** What one child process measures. */
export interface Job {
  readonly batchSize: number;
  readonly threads: number;
  readonly learningRate: number;
  /** Time to measure for, after warming up. */
  readonly seconds: number;
  /** The folder with MNIST's IDX files. */
  readonly data: string;
  /** For the floor: which ONNX operator carries the parameters. */
  readonly carrier?: "Loop" | "Scan";
}

/** What one child process found. */
export interface Measurement {
  /** The engine's name and version. */
  readonly version: string;
  /** Which of the engine's ways of writing the update was fastest and was measured. */
  readonly variant: string;
  /** Mean time of an update in each block of updates, in microseconds. */
  readonly updateMicroseconds: readonly number[];
  /** Wall-clock time of whole epochs, in seconds; only where the engine has epochs of its own. */
  readonly epochSeconds?: readonly number[];
  /** What those epochs took beyond the updates in them, as a fraction of the updates' time. */
  readonly overhead?: readonly number[];
  /** Peak resident memory of the process, in bytes. */
  readonly peakBytes: number;
  /** The loss of the last batch, to see that training went on. */
  readonly loss: number | null;
}

/** Reads the job from the command line, has it measured and prints the answer. */
export async function runJob(
  measure: (job: Job) => Promise<Omit<Measurement, "peakBytes">>,
): Promise<void> {
  // Standard output carries the answer alone, whatever a library prints.
  console.log =
    console.info =
    console.warn =
      (...words) => {
        console.error(...words);
      };
  const found = await measure(JSON.parse(process.argv[2] ?? "{}") as Job);
  const answer: Measurement = { ...found, peakBytes: process.resourceUsage().maxRSS * 1024 };
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit());
}
