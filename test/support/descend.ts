/** @file Running an optimizer by hand: its update as a graph, evaluated in float64, the gradient given from outside. */
import { interpreter } from "../../src/graph/evaluate.ts";
import { tensor, type Tensor } from "../../src/graph/types.ts";
import { input, type Value } from "../../src/graph/value.ts";
import type { AnyOptimizer } from "../../src/nn/optimizer.ts";

type Vector = readonly number[];

/** A parameter and the optimizer's memory of it. */
export interface State {
  readonly x: Vector;
  readonly slots: Readonly<Record<string, Vector>>;
}

/** The update of a vector of `size` elements. */
export function updater(
  optimizer: AnyOptimizer,
  size: number,
): (state: State, gradient: Vector, update: number, learningRate?: number) => State {
  const array = (name: string) => input(name, "float64", [size]);
  const initial = optimizer.slots as Readonly<Record<string, number>>;
  const slotNames = Object.keys(initial);
  const coefficientNames = Object.keys(optimizer.coefficients({ update: 1, learningRate: 1 }));
  const parameter = array("parameter");
  const gradient = array("gradient");
  const slots = Object.fromEntries(slotNames.map((name) => [name, array(name)]));
  const coefficients = Object.fromEntries(
    coefficientNames.map((name) => [name, input(name, "float64", [])]),
  );
  const next = optimizer.update({ parameter, gradient, slots, coefficients });
  const nextSlots = next.slots as Readonly<Record<string, Value>>;
  const run = interpreter([next.parameter, ...slotNames.map((name) => nextSlots[name]!)]);
  const constantRate = typeof optimizer.learningRate === "number" ? optimizer.learningRate : NaN;

  return (state, g, update, learningRate = constantRate) => {
    const numbers = optimizer.coefficients({ update, learningRate }) as Record<string, number>;
    const vector = (values: Vector) => tensor("float64", [size], values);
    const feeds = new Map<Value, Tensor>([
      [parameter, vector(state.x)],
      [gradient, vector(g)],
      ...slotNames.map((name) => [slots[name]!, vector(state.slots[name]!)] as const),
      ...coefficientNames.map(
        (name) => [coefficients[name]!, tensor("float64", [], [numbers[name]!])] as const,
      ),
    ]);
    const [x, ...after] = run(feeds).map(({ data }) => Array.from(data));
    return {
      x: x!,
      slots: Object.fromEntries(slotNames.map((name, at) => [name, after[at]!])),
    };
  };
}

/** The parameter at its start, with the slots as the optimizer wants them. */
export function startAt(optimizer: AnyOptimizer, x: Vector): State {
  const slots = Object.entries(optimizer.slots as Readonly<Record<string, number>>);
  return { x, slots: Object.fromEntries(slots.map(([name, fill]) => [name, x.map(() => fill)])) };
}

/** The parameter after each of `updates` updates along `gradient`. */
export function descend(
  optimizer: AnyOptimizer,
  gradient: (x: Vector) => Vector,
  x0: Vector,
  updates: number,
): readonly Vector[] {
  const step = updater(optimizer, x0.length);
  const trace: Vector[] = [];
  let state = startAt(optimizer, x0);
  for (let update = 1; update <= updates; update++) {
    state = step(state, gradient(state.x), update);
    trace.push(state.x);
  }
  return trace;
}

/** ∇ of ½ Σ hᵢ xᵢ². */
export function quadratic(h: Vector): (x: Vector) => Vector {
  return (x) => x.map((value, i) => h[i]! * value);
}

/** ∇ of Σ 5 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
export function rosenbrock(x: Vector): Vector {
  return x.map((value, i) => {
    const [before, after] = [x[i - 1], x[i + 1]];
    const asNext = before === undefined ? 0 : 10 * (value - before ** 2);
    const asThis = after === undefined ? 0 : -20 * value * (after - value ** 2) - 2 * (1 - value);
    return asNext + asThis;
  });
}
