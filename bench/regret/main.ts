/**
 * @file `npx tsx bench/regret/main.ts`: how much slower the recommended batch size is than the best one of a sweep. For each task the advice
 * is taken, then every power of two is run to the same target with its learning rate tuned by three seeds; fresh seeds choose the best, and
 * others time it and the recommendation. Times are updates × seconds of one update, as measured once for both.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import {
  adviseBatchSize,
  autoBatchSize,
  DivergenceError,
  optimizerNamed,
  train,
  type Advice,
} from "../../src/index.ts";
import { planAdvice, type AdviseOptions } from "../../src/advisor/advice/advise-options.ts";
import { meanOf } from "../../src/advisor/statistics.ts";
import { recommendationReasons } from "../../src/report/advice-reasons.ts";
import { writeSection } from "../page.ts";
import { describeMachine, median } from "../results.ts";
import { judged, sweep, timingSeeds } from "./sweep.ts";
import type { Sweep, SweepSubject, Swept } from "./sweep.ts";
import { regretTable, type Row } from "./tables.ts";
import { tasks, type Task } from "./tasks.ts";

/** A row, with when and where it was measured. */
type StoredRow = Row & { readonly said: string };

const { values } = parseArgs({
  options: {
    tasks: { type: "string" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const chosen = values.tasks?.split(",").map(Number) ?? tasks.map((_, i) => i + 1);
const seed = Number(values.seed);

/** Rows of all tasks so far, in the order of the tasks: a run of some tasks replaces theirs. */
const resultsFile = new URL("results.json", import.meta.url);
const { processor, cores } = describeMachine();
const said = `${new Date().toISOString().slice(0, 10)}, ${processor}, ${cores} cores; seed ${seed}`;

for (const number of chosen) {
  const task = tasks[number - 1];
  if (task === undefined) throw new Error(`there is no task ${number}: 1 to ${tasks.length}`);
  const row = await measure(task);
  console.log(regretTable([row]));
  if (values.write) keep(row);
}
if (values.write) await writePage(storedRows());

function storedRows(): readonly Row[] {
  if (!existsSync(resultsFile)) return [];
  const stored = JSON.parse(readFileSync(resultsFile, "utf8")) as readonly StoredRow[];
  return tasks.flatMap(({ name }) => stored.find(({ task }) => task === name) ?? []);
}

function keep(row: Row): void {
  const others = storedRows().filter(({ task }) => task !== row.task);
  writeFileSync(resultsFile, JSON.stringify([...others, { ...row, said }], null, 2) + "\n");
}

async function measure(task: Task): Promise<Row> {
  const { training, test } = await task.load();
  const model = task.model();
  const options: AdviseOptions = {
    ...(task.target && { target: task.target }),
    ...(task.metric && { metric: task.metric }),
    ...{ validation: test, optimizer: task.optimizer, seed, cores: availableParallelism() },
  };
  const advice = await adviseBatchSize(model, training, options).result;
  const { batchSize, learningRate } = advice.recommendation;
  if (batchSize === null || learningRate === null)
    return { task: task.name, advice: null, reason: recommendationReasons("en", advice).join(" ") };
  const { target } = advice.prediction;
  const first = advice.prediction.raced[0]!;
  const subject: SweepSubject = {
    plan: planAdvice(model, training, options),
    target,
    times: new Map(advice.throughput.best.map((point) => [point.batchSize, point])),
    expected: advice.prediction.points.find((point) => point.batchSize === batchSize)!.seconds
      .value,
  };
  const swept = await sweep(subject, first);
  const timed = async (at: Pick<Swept, "batchSize" | "learningRate">) =>
    judged(subject, at, timingSeeds(subject.expected), 10 * swept.best.seconds);
  const own = await timed({ batchSize, learningRate });
  const best = await timed(swept.best);
  return {
    task: task.name,
    reason: null,
    advice: {
      ...{ batchSize, learningRate, confident: advice.recommendation.confident },
      verdict: advice.verification?.verdict ?? null,
      seconds: Number.isFinite(own.seconds) ? own.seconds : null,
      arrived: own.arrived,
      wallSeconds: advice.seconds.total,
      trainingSeconds: trainingSeconds(advice),
    },
    best,
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

/**
 * Training of a sweep that gives nothing up: what the batch sizes took that arrived, and for the others the seconds of the fitted curve
 * times what those took for each second of theirs.
 */
function exhaustive({ prediction }: Advice, { swept, trained }: Sweep): number {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const done = sum(Object.values(trained));
  const effort = done / sum(swept.map(({ seconds }) => seconds));
  const open = prediction.points.filter(({ batchSize }) => !(batchSize in trained));
  return done + effort * sum(open.map(({ seconds }) => seconds.value));
}

/** A run that diverged did not arrive. */
function whereDiverged(error: unknown): undefined {
  if (!(error instanceof DivergenceError)) throw error;
}

/** `batchSize: "auto"` to the same target, with the learning rate that 32 has: its clock over that of the best fixed batch size, in turns. */
async function autoRatio(task: Task, advice: Advice, { best }: Sweep): Promise<number | null> {
  const { training, test } = await task.load();
  const { target, raced } = advice.prediction;
  const first = raced[0]!;
  const clock = async (
    { batchSize, learningRate }: Pick<Swept, "batchSize" | "learningRate">,
    run: number,
    auto: boolean,
  ): Promise<number> => {
    const reached = await train(task.model(), training, {
      optimizer: optimizerNamed(task.optimizer, { learningRate }),
      ...(task.metric && { metrics: [task.metric] }),
      ...{ batchSize, validation: test, seed: run, updates: 200_000, epochs: 200 },
      threads: 1,
      target: { monitor: target.monitor, value: target.value },
      validateEvery: ({ updates }) =>
        Math.max(Math.floor(best.updates / 8), updates + 1, Math.ceil(updates * 1.06)),
      ...(auto && { probe: autoBatchSize() }),
    }).result.then(({ target: moment }) => moment, whereDiverged);
    return reached?.seconds ?? Infinity;
  };
  const autos: number[] = [];
  const fixed: number[] = [];
  for (const run of timingSeeds(first.seconds)) {
    autos.push(await clock(first, run, true));
    fixed.push(await clock(best, run, false));
  }
  if (median(autos) === Infinity) return null;
  const limit = 10 * median(fixed);
  return geometricMean(autos, limit) / geometricMean(fixed, limit);
}

/** What is longer than `limit` counts as so long. */
function geometricMean(values: readonly number[], limit: number): number {
  const logs = values.map((value) => Math.log(Math.min(value, limit)));
  return Math.exp(meanOf(logs));
}

async function writePage(rows: readonly Row[]): Promise<void> {
  const when = [...new Set((rows as readonly StoredRow[]).map((row) => row.said))].join("; ");
  await writeSection("regret", `${when}.\n\n${regretTable(rows)}`);
}
