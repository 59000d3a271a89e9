/** @file The smaller charts: trust in the plane, gradient noise, searches for the learning rate. */
import * as Plot from "@observablehq/plot";
import type { LossPlane, Race } from "../../advisor/race.ts";
import { formats } from "../format.ts";
import type { Group } from "../groups.ts";
import { isFiniteNumber, type Maybe, type Point } from "../statistics.ts";
import { say } from "../text.ts";
import { chart, emptyChart } from "./chart.ts";
import { axisName } from "./curve-chart.ts";
import { lookOf, marker, stroke } from "./look.ts";
import { extent } from "./scale.ts";
import type { Scale, ViewState } from "./state.ts";

function zip(
  xs: readonly Maybe[],
  ys: readonly Maybe[],
  keep: (x: number, y: number) => boolean,
): readonly Point[] {
  return xs.flatMap((x, i) => {
    const y = ys[i];
    return isFiniteNumber(x) && isFiniteNumber(y) && keep(x, y) ? [{ x, y }] : [];
  });
}

const at = { x: "x", y: "y" } as const;
const positive = (x: number, y: number): boolean => x > 0 && y > 0;

/** True loss against loss on the plane, a mark for each recorded point. */
export function gapChart(
  plane: LossPlane,
  groups: readonly Group[],
  state: ViewState,
  width: number,
): Element {
  const { language } = state;
  const shown = groups.filter((group) => !state.hidden.has(group.key));
  const series = shown.map((group) => ({
    group,
    points: group.places.flatMap((place) => {
      const path = plane.paths[place];
      return path ? zip(path.planeLoss, path.loss, positive) : [];
    }),
  }));
  const domain = extent(series.flatMap(({ points }) => points.flatMap(({ x, y }) => [x, y])));
  if (domain === null) return emptyChart(language);
  const format = formats(language).number;
  const ends = [domain[0], domain[1]].map((value) => ({ x: value, y: value }));
  return chart({
    width,
    height: Math.round(Math.min(300, width * 0.85)),
    x: { domain, scale: "log", label: say(language, "lossOnPlane"), format },
    y: { domain, scale: "log", label: "", format },
    label: say(language, "gapLabel"),
    marks: [
      Plot.line(ends, { ...at, stroke: "var(--ink)", strokeWidth: 1, strokeDasharray: "1 4" }),
      ...series.map(({ group, points }) =>
        Plot.dot(points, { ...at, ...marker(lookOf(group), 3.2), strokeWidth: 0.7 }),
      ),
    ],
  });
}

/** One part of the gradient noise over the examples seen; the mean of seeds is not taken, each is drawn. */
export function noiseChart(
  groups: readonly Group[],
  part: "relativeError" | "cosine",
  name: string,
  state: ViewState,
  width: number,
): Element {
  const { language } = state;
  const scale: Scale = part === "relativeError" ? "log" : "linear";
  const shown = groups.filter((group) => !state.hidden.has(group.key));
  const series = shown.flatMap((group) =>
    group.runs.map(({ gradientNoise }, seed) => ({
      group,
      seed,
      points: gradientNoise
        ? zip(
            gradientNoise.examples,
            gradientNoise[part],
            (x, y) => (x > 0 || state.xScale === "linear") && (y > 0 || scale === "linear"),
          )
        : [],
    })),
  );
  const all = series.flatMap(({ points }) => points);
  const xs = extent(all.map(({ x }) => x));
  const ys = extent([
    ...all.map(({ y }) => y),
    ...(part === "cosine" && all.length > 0 ? [0, 1] : []),
  ]);
  if (xs === null || ys === null) return emptyChart(language);
  const { compact, number } = formats(language);
  const axis = axisName(language, "examples");
  return chart({
    width,
    height: Math.round(Math.max(200, Math.min(270, width * 0.6))),
    x: { domain: xs, scale: state.xScale, label: axis, format: compact },
    y: { domain: ys, scale, label: "", format: number },
    label: `${name}; ${axis}`,
    marks: series.flatMap(({ group, seed, points }) => {
      const look = lookOf(group);
      const thin = seed === 0 ? {} : { strokeWidth: 0.9, strokeOpacity: 0.6 };
      return [
        Plot.line(points, { ...at, ...stroke(look), ...thin }),
        seed === 0 ? Plot.dot(points, { ...at, ...marker(look, 3.2) }) : null,
      ];
    }),
  });
}

/** Loss of each trial over its learning rate. */
export function ratesChart(
  race: Race,
  groups: readonly Group[],
  state: ViewState,
  width: number,
): Element {
  const { language } = state;
  const series = race.learningRates.flatMap((search) => {
    const group = groups.find(({ batchSize }) => batchSize === search.batchSize);
    return group === undefined || state.hidden.has(group.key) ? [] : [{ search, group }];
  });
  const trials = series.flatMap(({ search }) => search.trials);
  const xs = extent(trials.map(({ learningRate }) => learningRate).filter((rate) => rate > 0));
  const losses = extent(
    trials.flatMap(({ loss }) => (isFiniteNumber(loss) && loss > 0 ? [loss] : [])),
  );
  if (xs === null) return emptyChart(language);
  const ys = losses ?? [0.1, 1];
  const top = ys[1] * (ys[1] / ys[0] || 2) ** 0.08;
  const { number } = formats(language);
  return chart({
    width,
    height: Math.round(Math.max(220, Math.min(320, width * 0.5))),
    x: { domain: xs, scale: "log", label: say(language, "learningRate"), format: number },
    y: { domain: [ys[0], top], scale: "log", label: "", format: number },
    label: `${say(language, "lossOfTrial")}; ${say(language, "learningRate")}`,
    marks: series.flatMap(({ search, group }) => {
      const look = lookOf(group);
      const sorted = [...search.trials].sort((a, b) => a.learningRate - b.learningRate);
      const rates = sorted.map((trial) => trial.learningRate);
      const points = zip(
        rates,
        sorted.map((trial) => trial.loss),
        positive,
      );
      const lost = sorted.filter((trial) => !isFiniteNumber(trial.loss));
      const chosen = points.filter(({ x }) => x === search.chosen);
      return [
        Plot.line(points, { ...at, ...stroke(look) }),
        Plot.dot(points, { ...at, ...marker(look, 3.5) }),
        Plot.dot(chosen, { ...at, r: 8, stroke: look.color, strokeWidth: 2 }),
        Plot.dot(lost, {
          x: "learningRate",
          y: () => top,
          symbol: "times",
          r: 5,
          stroke: look.color,
          strokeWidth: 2,
        }),
      ];
    }),
  });
}
