/** @file From the events of the advisor to lines of progress: one that lives, and one that stays for each stage. */
import type { AdviceEvent, RacedRun, ThroughputPoint } from "../advisor/advice/advice.ts";
import { reasonSentence } from "../report/advice-reasons.ts";
import { formats } from "../report/format.ts";
import type { Progress } from "./progress.ts";

const { count, number, compact, seconds } = formats("en");

type Stage = Extract<AdviceEvent, { type: "stage" }>["stage"];

const beginnings: Readonly<Record<Stage, string>> = {
  throughput: "timing updates of each batch size",
  search: "looking for the learning rate with which each batch size reaches the target first",
  noise: "measuring gradient noise along a run",
  verification: "racing the recommendation against its neighbours, with other seeds",
};

/** Shows how advice comes about: give it every event, and call `end` after the last. */
export class TuneProgress {
  readonly #progress: Progress;
  #stage: Stage | undefined;
  #timed: ThroughputPoint[] = [];
  #runs: RacedRun[] = [];
  #pilot = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  take(event: AdviceEvent): void {
    switch (event.type) {
      case "stage":
        this.end();
        this.#stage = event.stage;
        this.#progress.work(`${beginnings[event.stage]} …`);
        break;
      case "caution":
        this.#progress.note(`caution: ${reasonSentence("en", event.reason, event.target)}`);
        break;
      case "throughput":
        this.#timed.push(event.point);
        this.#progress.work(
          `${beginnings.throughput}: ${event.done}/${event.total}, ${pointText(event.point)}`,
        );
        break;
      case "run":
        this.#runs.push(event.run);
        this.#progress.work(runText(event.run));
        break;
      case "pilot":
        this.#pilot = event.done;
        this.#progress.work(`${beginnings.noise}: ${event.done}/${event.total}`);
        break;
    }
  }

  /** Ends the stage, and says what it came to. */
  end(): void {
    this.#progress.clear();
    const text = this.#stage && this.#summary(this.#stage);
    if (text !== undefined) this.#progress.note(text);
    this.#stage = undefined;
    [this.#timed, this.#runs, this.#pilot] = [[], [], 0];
  }

  #summary(stage: Stage): string | undefined {
    if (stage === "throughput") return throughputSummary(this.#timed);
    if (stage === "noise")
      return this.#pilot === 0
        ? undefined
        : `gradient noise: measured at ${count(this.#pilot)} ${this.#pilot === 1 ? "point" : "points"}`;
    return runsSummary(stage, this.#runs);
  }
}

function pointText({ batchSize, threads, secondsPerUpdate }: ThroughputPoint): string {
  return `batch size ${count(batchSize)}, ${threadsText(threads)}: ${seconds(secondsPerUpdate.value)}`;
}

function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** One run to the target in words. */
export function runText(run: RacedRun): string {
  const { batchSize, learningRate, seed, purpose } = run;
  const who = `batch size ${count(batchSize)}, learning rate ${number(learningRate)}`;
  const which = purpose === "verification" ? `${who}, seed ${seed}` : who;
  return `${which}: ${outcomeText(run)}`;
}

function outcomeText({ reached, diverged, updates, seconds: spent }: RacedRun): string {
  if (diverged) return "diverged";
  return `${reached ? "target" : "ended"} after ${compact(updates)} updates, ${seconds(spent)}`;
}

function throughputSummary(points: readonly ThroughputPoint[]): string | undefined {
  const [first, ...rest] = points;
  if (first === undefined) return undefined;
  const best = rest.reduce((a, b) => (b.samplesPerSecond > a.samplesPerSecond ? b : a), first);
  return `speed: ${count(points.length)} combinations of batch size and threads timed, at most ${compact(best.samplesPerSecond)} examples/s (batch size ${count(best.batchSize)}, ${threadsText(best.threads)})`;
}

function runsSummary(
  stage: "search" | "verification",
  runs: readonly RacedRun[],
): string | undefined {
  if (runs.length === 0) return undefined;
  const name = stage === "search" ? "search" : "verification";
  const reached = runs.filter((run) => run.reached);
  const [first, ...rest] = reached;
  const made = `${name}: ${count(runs.length)} ${runs.length === 1 ? "run" : "runs"}`;
  // Pilots have no target yet.
  if (first === undefined) return `${made}, none reached a target`;
  const best = rest.reduce((a, b) => (b.seconds < a.seconds ? b : a), first);
  return `${made}, ${count(reached.length)} reached the target, the fastest in ${seconds(best.seconds)} (batch size ${count(best.batchSize)}, learning rate ${number(best.learningRate)})`;
}
