/** Every draw there is: the estimates are unbiased, to rounding. */
import { describe, expect, it } from "vitest";
import { generator } from "../../data/rng.ts";
import { tensor } from "../../graph/types.ts";
import { combine, dot, type Vector } from "../vectors.ts";
import { curvatureColumns, gradientColumns } from "./pseudo-values.ts";

const user = 8;
const { normal } = generator(3, user, 6);
const size = 6;
const width = 3;
const vector = (values: readonly number[]): Vector => [tensor("float64", [values.length], values)];
const numbers = (v: Vector): number[] => Array.from(v[0]!.data);
const examples = Array.from({ length: size }, () => vector(Array.from({ length: width }, normal)));
/** A symmetric matrix an example, not all of them positive. */
const hessians = Array.from({ length: size }, () => {
  const m = Array.from({ length: width }, () => Array.from({ length: width }, normal));
  return m.map((row, i) => row.map((value, j) => value + m[j]![i]! + (i === j ? 3 : 0)));
});

const meanVector = (rows: readonly number[]) =>
  combine(rows.map((row) => [1 / rows.length, examples[row]!]));
const meanHessian = (rows: readonly number[]) =>
  hessians[0]!.map((row, i) =>
    row.map((_, j) => rows.reduce((sum, r) => sum + hessians[r]![i]![j]! / rows.length, 0)),
  );
const times = (matrix: readonly (readonly number[])[], v: Vector): Vector =>
  vector(matrix.map((row) => row.reduce((sum, value, j) => sum + value * numbers(v)[j]!, 0)));
const minus = (a: Vector, b: Vector) =>
  combine([
    [1, a],
    [-1, b],
  ]);
const average = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const everyone = examples.map((_, i) => i);
const full = meanVector(everyone);
const penalty = vector([0.3, -0.2, 0.5]);
const aimed = (v: Vector) =>
  combine([
    [1, v],
    [1, penalty],
  ]);
const H = meanHessian(everyone);
const truth = {
  trace: average(examples.map((g) => dot(minus(g, full), minus(g, full)))),
  gradientSquared: dot(aimed(full), aimed(full)),
  curvatureTrace: average(examples.map((g) => dot(minus(g, full), times(H, minus(g, full))))),
  alongGradient: dot(aimed(full), times(H, aimed(full))),
};

/** All ways to draw groups of these sizes, one after the other, from `rows`. */
function* draws(
  counts: readonly number[],
  rows: readonly number[] = everyone,
): Generator<readonly (readonly number[])[]> {
  const [count, ...rest] = counts;
  if (count === undefined) {
    yield [];
    return;
  }
  for (const group of choices(rows, count))
    for (const others of draws(
      rest,
      rows.filter((row) => !group.includes(row)),
    ))
      yield [group, ...others];
}

function* choices(rows: readonly number[], count: number, first = 0): Generator<number[]> {
  if (count === 0) yield [];
  for (let i = first; count > 0 && i < rows.length; i++)
    for (const rest of choices(rows, count - 1, i + 1)) yield [rows[i]!, ...rest];
}

const gradientsOf = (groups: readonly (readonly number[])[]) => {
  const mean = meanVector(groups.flat());
  return { gradients: groups.map(meanVector), mean, aim: aimed(mean) };
};

describe.each([[[2, 2]], [[1, 2]], [[2, 2, 1]], [[3, 3]]])(
  "over all draws of groups of %j examples out of six",
  (counts) => {
    it.each(["with", "without"])("tr(Σ) and |G|² come out right, %s norms of examples", (norms) => {
      const traces: number[] = [];
      const squares: number[] = [];
      for (const groups of draws(counts)) {
        const squaredNorms = groups.map((rows) =>
          average(rows.map((row) => dot(examples[row]!, examples[row]!))),
        );
        const columns = gradientColumns(
          { size, counts },
          { ...gradientsOf(groups), squaredNorms: norms === "with" ? squaredNorms : undefined },
        );
        traces.push(average(columns.trace));
        squares.push(average(columns.gradientSquared));
      }
      expect(Math.abs(average(traces) - truth.trace)).toBeLessThan(1e-12);
      expect(Math.abs(average(squares) - truth.gradientSquared)).toBeLessThan(1e-12);
    });
  },
);

it("over all draws of gradients and of curvature, tr(HΣ) and GᵀHG come out right", () => {
  const counts = [2, 2];
  const everyDraw = [...draws(counts)];
  const traces: number[] = [];
  const along: number[] = [];
  for (const groups of everyDraw) {
    const { gradients, mean, aim } = gradientsOf(groups);
    for (const others of everyDraw) {
      const product = times(meanHessian(others.flat()), aim);
      const columns = curvatureColumns(
        { size, counts },
        {
          acrossBatches: groups.map((_, k) => {
            const across = minus(gradients[k]!, mean);
            return dot(across, times(meanHessian(others[k]!), across));
          }),
          alongMean: others.map((rows) => dot(aim, times(meanHessian(rows), aim))),
          slopes: gradients.map((g) => dot(g, product)),
        },
      );
      traces.push(average(columns.trace));
      along.push(average(columns.alongGradient));
    }
  }
  expect(Math.abs(average(traces) - truth.curvatureTrace)).toBeLessThan(1e-12);
  expect(Math.abs(average(along) - truth.alongGradient)).toBeLessThan(1e-12);
});

it("with all examples and their norms nothing is left to chance", () => {
  for (const groups of draws([3, 3])) {
    const squaredNorms = groups.map((rows) =>
      average(rows.map((row) => dot(examples[row]!, examples[row]!))),
    );
    const { trace, gradientSquared } = gradientColumns(
      { size, counts: [3, 3] },
      { ...gradientsOf(groups), squaredNorms },
    );
    expect(new Set(trace).size + new Set(gradientSquared).size).toBe(2);
    expect(trace[0]).toBeCloseTo(truth.trace, 12);
    expect(gradientSquared[0]).toBeCloseTo(truth.gradientSquared, 12);
  }
});

it("is the estimate from two batch sizes: (B |g|² − b mean |g_k|²) / (B − b) and (mean |g_k|² − |g|²) / (1/b − 1/B)", () => {
  // McCandlish et al., appendix A.1, where nothing is said of drawing without replacement: N large
  const [groups] = draws([2, 2]);
  const { gradients, mean } = gradientsOf(groups!);
  const [small, big] = [average(gradients.map((g) => dot(g, g))), dot(mean, mean)];
  const { trace, gradientSquared } = gradientColumns(
    { size: 1e12, counts: [2, 2] },
    { gradients, mean, aim: mean, squaredNorms: undefined },
  );
  expect(average(trace)).toBeCloseTo((small - big) / (1 / 2 - 1 / 4), 9);
  expect(average(gradientSquared)).toBeCloseTo((4 * big - 2 * small) / (4 - 2), 9);
});
