/**
 * @file `npx tsx bench/regret/main.ts`: how much slower the recommended batch size is than the best one of a sweep. For each task the advice
 * is taken, then every power of two is run to the same target with its learning rate tuned and three fresh seeds, and the recommendation with
 * the same seeds. Times are updates × seconds of one update, as measured once for both.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import {
  adviseBatchSize,
  autoBatchSize,
  DivergenceError,
  optimizerNamed,
  train,
  type Advice,
} from "../../src/index.ts";
import { planAdvice, type AdviseOptions } from "../../src/advisor/advice/advise-options.ts";
import { describeMachine } from "../results.ts";
import { freshSeeds, seconds, sweep, type Sweep, type SweepSubject } from "./sweep.ts";
import { regretTable, type Row } from "./tables.ts";
import { tasks, type Task } from "./tasks.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const chosen = values.tasks?.split(",").map(Number) ?? tasks.map((_, i) => i + 1);
const seed = Number(values.seed);

/** Runs of a sweep at each batch size: trials of the learning rate, and seeds. */
const runsOfSweep = 4 + freshSeeds.length;

const rows: Row[] = [];
for (const number of chosen) {
  const task = tasks[number - 1];
  if (task === undefined) throw new Error(`there is no task ${number}: 1 to ${tasks.length}`);
  const row = await measure(task);
  rows.push(row);
  console.log(JSON.stringify(row));
}
const table = regretTable(rows);
console.log(table);
if (values.write) await write(table);

async function measure(task: Task): Promise<Row> {
  const { training, test } = await task.load();
  const model = task.model();
  const options: AdviseOptions = {
    ...(task.target && { target: task.target }),
    ...{ validation: test, optimizer: task.optimizer, seed, cores: availableParallelism() },
  };
  const advice = await adviseBatchSize(model, training, options).result;
  const { batchSize, learningRate } = advice.recommendation;
  if (batchSize === null || learningRate === null)
    return { task: task.name, advice: null, reason: advice.recommendation.reason };
  const { target } = advice.prediction;
  const subject: SweepSubject = {
    plan: planAdvice(model, training, options),
    target,
    times: new Map(advice.throughput.best.map((point) => [point.batchSize, point])),
  };
  const raced = advice.prediction.raced[0]!;
  const swept = await sweep(subject, raced, raced.seconds);
  const own = await seconds(subject, { batchSize, learningRate }, 10 * swept.best.seconds);
  return {
    task: task.name,
    reason: null,
    advice: {
      ...{ batchSize, learningRate, confident: advice.recommendation.confident },
      verdict: advice.verification?.verdict ?? null,
      seconds: own?.seconds ?? null,
      wallSeconds: advice.seconds.total,
      trainingSeconds: trainingSeconds(advice),
    },
    sweep: swept,
    exhaustiveSeconds: exhaustive(advice, swept),
    auto: await autoRatio(task, advice, swept),
  };
}

/** Training that the advice did. */
function trainingSeconds({ prediction, verification }: Advice): number {
  const runs = [...prediction.runs, ...(verification?.runs ?? [])];
  return runs.reduce((sum, run) => sum + run.seconds, 0);
}

/** Training of a sweep that gives nothing up: batch sizes beyond the pruned one by the fitted curve. */
function exhaustive({ prediction }: Advice, { swept }: Sweep): number {
  return prediction.points.reduce((sum, point) => {
    const known = swept.find(({ batchSize }) => batchSize === point.batchSize);
    return sum + runsOfSweep * (known?.seconds ?? point.seconds.value);
  }, 0);
}

/** A run that diverged did not arrive. */
function whereDiverged(error: unknown): undefined {
  if (!(error instanceof DivergenceError)) throw error;
}

/** `batchSize: "auto"` to the same target, with the learning rate that 32 has: its clock over that of the best fixed batch size. */
async function autoRatio(task: Task, advice: Advice, { best }: Sweep): Promise<number | null> {
  const { training, test } = await task.load();
  const { target, raced } = advice.prediction;
  const first = raced[0]!;
  const clock = async (batchSize: number, learningRate: number, auto: boolean) => {
    const times: number[] = [];
    for (const run of freshSeeds) {
      const reached = await train(task.model(), training, {
        optimizer: optimizerNamed(task.optimizer, { learningRate }),
        ...{ batchSize, validation: test, seed: run, updates: 200_000, epochs: 200 },
        threads: 1,
        target: { monitor: target.monitor, value: target.value },
        validateEvery: ({ updates }) => Math.max(updates + 1, Math.ceil(updates * 1.06)),
        ...(auto && { probe: autoBatchSize() }),
      }).result.then(({ target: moment }) => moment, whereDiverged);
      if (reached === undefined) return null;
      times.push(reached.seconds);
    }
    return times.reduce((sum, time) => sum + time, 0) / times.length;
  };
  const auto = await clock(first.batchSize, first.learningRate, true);
  const fixed = await clock(best.batchSize, best.learningRate, false);
  return auto === null || fixed === null ? null : auto / fixed;
}

async function write(table: string): Promise<void> {
  const page = new URL("../../docs/benchmarks.md", import.meta.url);
  const text = readFileSync(page, "utf8");
  const [begin, end] = ["<!-- regret: begin -->", "<!-- regret: end -->"];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  if (from < begin.length || to < from) throw new Error(`docs/benchmarks.md has no ${begin}`);
  const date = new Date().toISOString().slice(0, 10);
  const { processor, cores } = describeMachine();
  const said = `${date}, ${processor}, ${cores} cores; seed ${seed}.`;
  const next = `${text.slice(0, from)}\n\n${said}\n\n${table}\n${text.slice(to)}`;
  writeFileSync(page, await format(next, { parser: "markdown", printWidth: 120 }));
}
