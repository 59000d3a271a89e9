/** @file Runs of a race that differ only in their seed, taken together. */
import type { Race, RaceRun, Regime } from "../advisor/race.ts";
import { type Maybe, type Summary, summary } from "./statistics.ts";

/** The runs of one batch size on one engine, one for each seed; or one run that was made by itself. */
export interface Group {
  /** Unique in the race and fit for a URL: `64`, `64-loops`, `run-0`. */
  readonly key: string;
  /** Of a run that was made by itself. */
  readonly name: string | null;
  readonly batchSize: number;
  readonly regime: Regime;
  readonly engine: RaceRun["engine"];
  /** Set when the same batch size ran with several learning rates, and the groups must be told apart by it. */
  readonly learningRate: number | null;
  readonly runs: readonly RaceRun[];
  /** Places of the runs in `Race.runs`. */
  readonly places: readonly number[];
  /** Number of the colour, the dash and the marker: the same for both engines. */
  readonly look: number;
}

/** Whether the runs were made apart, and not by one race. */
export function madeApart({ runs }: Pick<Race, "runs">): boolean {
  return runs.some(({ origin }) => origin !== undefined);
}

/** Groups in order of batch size, then learning rate, then engine (`onnx` before `loops`); runs that were made apart as they come. */
export function groupRuns(race: Race): readonly Group[] {
  if (madeApart(race)) return race.runs.map(alone);
  const byRate = hasSeveralRates(race.runs);
  const places = new Map<string, number[]>();
  race.runs.forEach((run, place) => {
    const key = keyOf(run, byRate);
    places.set(key, [...(places.get(key) ?? []), place]);
  });
  const groups = [...places].flatMap(([key, at]) => {
    const runs = at.map((place) => race.runs[place]).filter((run) => run !== undefined);
    const first = runs[0];
    if (first === undefined) return [];
    const { batchSize, regime, engine, learningRate } = first;
    return [
      {
        key,
        name: null,
        batchSize,
        regime,
        engine,
        learningRate: byRate ? learningRate : null,
        runs,
        places: at,
      },
    ];
  });
  groups.sort(
    (a, b) =>
      a.batchSize - b.batchSize ||
      (a.learningRate ?? 0) - (b.learningRate ?? 0) ||
      b.engine.localeCompare(a.engine),
  );
  const looks = [...new Set(groups.map(lookKey))];
  return groups.map((group) => ({ ...group, look: looks.indexOf(lookKey(group)) }));
}

function alone(run: RaceRun, place: number): Group {
  const { batchSize, regime, engine, origin } = run;
  return {
    key: `run-${place}`,
    name: origin?.name ?? `${place + 1}`,
    ...{ batchSize, regime, engine },
    learningRate: null,
    runs: [run],
    places: [place],
    look: place,
  };
}

/** The groups that findings compare: those of the ONNX engine where there are any, else all. */
export function comparedGroups(groups: readonly Group[]): readonly Group[] {
  const onnx = groups.filter((group) => group.engine === "onnx");
  return onnx.length > 0 ? onnx : groups;
}

/** A quantity over the seeds of a group; null when no run has it. */
export function over(group: Group, pick: (run: RaceRun) => Maybe): Summary | null {
  return summary(group.runs.map(pick));
}

/** How many seeds the race ran; 1 for runs that were made apart, each of which has its own. */
export function seedCount(race: Race): number {
  if (madeApart(race)) return 1;
  return new Set(race.runs.map((run) => run.seed)).size;
}

function hasSeveralRates(runs: readonly RaceRun[]): boolean {
  const keys = runs.map((run) => `${run.batchSize} ${run.engine} ${run.seed}`);
  return new Set(keys).size < keys.length;
}

function keyOf(run: RaceRun, byRate: boolean): string {
  const rate = byRate ? `@${run.learningRate}` : "";
  return `${run.batchSize}${rate}${run.engine === "loops" ? "-loops" : ""}`;
}

function lookKey(group: { batchSize: number; learningRate: number | null }): string {
  return `${group.batchSize}@${group.learningRate ?? ""}`;
}
