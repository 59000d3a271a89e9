/**
 * @file `npx tsx bench/regret/replay.ts`: how often the advice is wrong. `bench/regret/main.ts` takes one advice a task; here many searches
 * and verifications run on recorded runs, each with seeds of its own, and what they recommend is judged by the mean over all seeds. Target,
 * noise and times of updates are those of one advice that is really made.
 */
import { parseArgs } from "node:util";
import { adviseBatchSize, type Advice, type AdviseOptions } from "../../src/index.ts";
import { recommendFrom } from "../../src/advisor/advice/advise.ts";
import { planAdvice, type AdvicePlan } from "../../src/advisor/advice/advise-options.ts";
import { usualCriticalBatchSize } from "../../src/advisor/advice/noise-advice.ts";
import { Search } from "../../src/advisor/advice/search.ts";
import { afterVerification, raceNeighbours } from "../../src/advisor/advice/verification.ts";
import { meanOf } from "../../src/advisor/statistics.ts";
import { writeSection } from "../page.ts";
import { describeMachine } from "../results.ts";
import { rateOf, recordedRuns, stepOf, type RecordedRuns } from "./recorded.ts";
import { tasks, type Task } from "./tasks.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "3,4,5" },
    searches: { type: "string", default: "120" },
    recorded: { type: "string", default: "200" },
    write: { type: "boolean", default: false },
  },
});

/** A batch size, and a learning rate 2^(step/4). */
interface Choice {
  readonly batchSize: number;
  readonly step: number;
}

/** A recommendation before and after its verification. */
interface Replayed {
  readonly searched: Choice;
  readonly verified: Choice;
  readonly runs: number;
}

const lines = [
  "| task | target | best | regret: mean | 90 % | largest | above 1.15 | before the verification | runs |",
  "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
];
for (const number of values.tasks.split(",").map(Number)) {
  const line = await replayed(tasks[number - 1]!);
  console.log(line);
  lines.push(line);
}
if (values.write) {
  const { processor, cores } = describeMachine();
  const when = new Date().toISOString().slice(0, 10);
  const said = `${when}, ${processor}, ${cores} cores; ${values.searches} searches on ${values.recorded} recorded seeds`;
  await writeSection("replay", `${said}.\n\n${lines.join("\n")}`);
}

async function replayed(task: Task): Promise<string> {
  const { training, test } = await task.load();
  const options: AdviseOptions = {
    ...(task.metric && { metric: task.metric }),
    ...{ validation: test, optimizer: task.optimizer, seed: 1 },
  };
  const given = { ...options, ...(task.target && { target: task.target }) };
  const advice = await adviseBatchSize(task.model(), training, given).result;
  const { monitor, value } = advice.prediction.target;
  const plan = planAdvice(task.model(), training, { ...options, target: { monitor, value } });
  const runs = recordedRuns(plan, advice.prediction.target, Number(values.recorded));
  const all: Replayed[] = [];
  for (let number = 1; number <= Number(values.searches); number++)
    all.push(await replay({ ...plan, makeRun: runs.maker(number) }, advice));

  const secondsOf = secondsBy(advice, runs);
  const best = await bestOf(plan.candidates, all, secondsOf);
  const least = await secondsOf(best);
  const regretsOf = async (choose: (one: Replayed) => Choice): Promise<readonly number[]> => {
    const seconds = await Promise.all(all.map(async (one) => secondsOf(choose(one))));
    return seconds.map((each) => each / least).sort((a, b) => a - b);
  };
  const after = await regretsOf(({ verified }) => verified);
  const before = await regretsOf(({ searched }) => searched);
  const wrong = (regrets: readonly number[]) =>
    `${((100 * regrets.filter((regret) => regret > 1.15).length) / regrets.length).toFixed(0)} %`;
  return [
    `| ${task.name}`,
    `${monitor} ${value}`,
    `${best.batchSize}, ${rateOf(best.step).toPrecision(2)}`,
    meanOf(after).toFixed(2),
    after[Math.floor(0.9 * after.length)]!.toFixed(2),
    after.at(-1)!.toFixed(2),
    wrong(after),
    wrong(before),
    `${meanOf(all.map(({ runs: made }) => made)).toFixed(0)} |`,
  ].join(" | ");
}

/** One search and its verification. */
async function replay(plan: AdvicePlan, advice: Advice): Promise<Replayed> {
  const { throughput, memory, noise } = advice;
  const constant = { evaluation: advice.constant, losses: [] };
  const search = new Search(plan, { throughput: { ...throughput, peakBytes: new Map() }, memory, constant }); // prettier-ignore
  const prior =
    noise.estimates.find(({ source }) => source === "curvature")?.criticalBatchSize.value ??
    usualCriticalBatchSize;
  await ended(search.start());
  await ended(search.continue(prior));
  const points = search.candidates(prior);
  const searched = recommendFrom(plan, search, points, constant);
  if (searched.batchSize === null) throw new Error("a search came to nothing");
  const { target } = advice.prediction;
  const verification = await ended(raceNeighbours(plan, target, points, searched.batchSize));
  const verified = afterVerification(searched, verification, plan.goal, {
    predicted: points,
    raced: search.raced,
  });
  return {
    ...{ searched: choiceOf(searched), verified: choiceOf(verified) },
    runs: search.runs.length + verification.runs.length,
  };
}

function choiceOf({ batchSize, learningRate }: Advice["recommendation"]): Choice {
  return { batchSize: batchSize!, step: stepOf(learningRate!) };
}

/** What `events` come to. */
async function ended<T>(events: AsyncGenerator<unknown, T>): Promise<T> {
  let step = await events.next();
  while (step.done !== true) step = await events.next();
  return step.value;
}

type SecondsOf = (choice: Choice) => Promise<number>;

/** Mean updates over all recorded seeds × seconds of an update. */
function secondsBy({ throughput }: Advice, runs: RecordedRuns): SecondsOf {
  const times = new Map(throughput.best.map((point) => [point.batchSize, point.secondsPerUpdate]));
  return async ({ batchSize, step }) =>
    times.get(batchSize)!.value * (await runs.updatesAt(batchSize, step));
}

/** The fastest by all seeds, from four times smaller to four times larger batches than any that was recommended, each at its best rate. */
async function bestOf(
  candidates: readonly number[],
  all: readonly Replayed[],
  secondsOf: SecondsOf,
): Promise<Choice> {
  const sizes = all.map(({ verified }) => verified.batchSize);
  const [least, most] = [Math.min(...sizes) / 4, Math.max(...sizes) * 4];
  let best = all[0]!.verified;
  for (const batchSize of candidates) {
    if (batchSize < least || batchSize > most) continue;
    const own = await bestRate({ batchSize, step: all[0]!.verified.step }, secondsOf);
    if ((await secondsOf(own)) < (await secondsOf(best))) best = own;
  }
  return best;
}

/** Downhill from one rate by octaves, then halves and quarters of them. */
async function bestRate(from: Choice, secondsOf: SecondsOf): Promise<Choice> {
  let best = from;
  for (const by of [4, -4, 2, -2, 1, -1])
    for (;;) {
      const next = { ...best, step: best.step + by };
      if ((await secondsOf(next)) >= (await secondsOf(best))) break;
      best = next;
    }
  return best;
}
