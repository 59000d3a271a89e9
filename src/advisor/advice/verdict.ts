/** @file Whether a prediction held, from the race of the recommendation against its neighbours. */
import type { Estimate } from "../noise/estimate.ts";
import type { PredictionPoint, RacedRun, Verification } from "./advice.ts";
import { sig } from "./recommend.ts";

/** A neighbour must win by this part to matter. */
const matters = 0.1;

/** Median, least and most seconds of runs that all reached the target; null when one did not. */
export function measuredSeconds(runs: readonly RacedRun[]): Estimate | null {
  if (runs.length === 0 || runs.some(({ reached }) => !reached)) return null;
  const sorted = runs.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const value = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { value, low: sorted[0]!, high: sorted.at(-1)! };
}

/** The verdict on `recommended`, one of `points`; only `rivals` speak against it: for a goal other than time, some neighbours are no choice. */
export function verify(
  recommended: number,
  points: readonly PredictionPoint[],
  runs: readonly RacedRun[],
  rivals: readonly PredictionPoint[] = points,
): Verification {
  const sizes = rivals.map(({ batchSize }) => batchSize);
  const compared = points.map(({ batchSize, learningRate, seconds }) => ({
    batchSize,
    learningRate,
    predicted: seconds,
    measured: measuredSeconds(runs.filter((run) => run.batchSize === batchSize)),
  }));
  return { ...judge(recommended, compared, sizes), runs, points: compared };
}

type Compared = Verification["points"][number];

function judge(
  recommended: number,
  compared: readonly Compared[],
  rivals: readonly number[],
): Pick<Verification, "verdict" | "reason"> {
  const own = compared.find(({ batchSize }) => batchSize === recommended);
  const measured = own?.measured ?? null;
  if (own === undefined || measured === null)
    return {
      verdict: "cannot tell",
      reason: `not every run of batch size ${recommended} reached the target again`,
    };
  const faster = compared.filter(
    (other) =>
      rivals.includes(other.batchSize) &&
      (other.measured?.value ?? Infinity) < measured.value * (1 - matters),
  );
  const off = elsewhere(recommended, compared);
  const sure = faster.find((other) => other.measured!.high < measured.low);
  const said = `predicted ${sig(own.predicted.value)} s (${sig(own.predicted.low)} to ${sig(own.predicted.high)}), measured ${sig(measured.value)} s (${sig(measured.low)} to ${sig(measured.high)})`;
  if (sure !== undefined)
    return {
      verdict: "did not hold",
      reason: `batch size ${sure.batchSize} was faster: ${sig(sure.measured!.value)} s against ${sig(measured.value)} s${off}`,
    };
  if (measured.value < own.predicted.low || measured.value > own.predicted.high)
    return { verdict: "did not hold", reason: said + off };
  if (faster.length > 0)
    return {
      verdict: "cannot tell",
      reason: `${said}; batch size ${faster[0]!.batchSize} was faster in the median, ${sig(faster[0]!.measured!.value)} s, but the seeds overlap${off}`,
    };
  const none =
    rivals.length === compared.length ? "no neighbour" : "no neighbour that is as good by the goal";
  return { verdict: "held", reason: `${said}; ${none} was clearly faster${off}` };
}

/** Neighbours that were not as predicted: they say how far the curve can be trusted, and nothing against the recommendation. */
function elsewhere(recommended: number, compared: readonly Compared[]): string {
  return compared
    .filter(
      ({ batchSize, predicted, measured }) =>
        batchSize !== recommended &&
        measured !== null &&
        (measured.value < predicted.low || measured.value > predicted.high),
    )
    .map(
      ({ batchSize, predicted, measured }) =>
        `; batch size ${batchSize} took ${sig(measured!.value)} s, which was predicted as ${sig(predicted.low)} to ${sig(predicted.high)} s`,
    )
    .join("");
}
