/**
 * @file The contract of every operator: the shape rule gives the shape of the result, the vector-Jacobian product
 * agrees with central differences of the interpreter, and ONNX Runtime agrees with the interpreter.
 */
import { describe, expect, it } from "vitest";
import { arrayOf, concrete, type Case, type Cases } from "../../test/support/cases/common.ts";
import { elementwiseCases } from "../../test/support/cases/elementwise.ts";
import { linearCases } from "../../test/support/cases/linear.ts";
import { placeCases } from "../../test/support/cases/places.ts";
import { windowCases } from "../../test/support/cases/windows.ts";
import { distance, runOnnx, runtime, runtimeNames } from "../../test/support/onnx.ts";
import { evaluate, interpreter } from "./evaluate.ts";
import type { Op } from "./operators.ts";
import { mul, reduceSum } from "./ops.ts";
import { gradients } from "./reverse.ts";
import { isFloat, showShape, tensor, zeros, type FloatType, type Tensor } from "./types.ts";
import { applyAll, input, type Value } from "./value.ts";

/** Cases of every operator: a missing one is a compile error. */
const table: Cases = { ...elementwiseCases, ...linearCases, ...placeCases, ...windowCases };
const ops = Object.keys(table) as readonly Op[];
const floats: readonly FloatType[] = ["float32", "float64"];

interface Built {
  readonly name: string;
  readonly outputs: readonly Value[];
  /** The inputs whose gradients are checked; none where the output is not a float. */
  readonly wrt: readonly Value[];
  readonly feeds: ReadonlyMap<Value, Tensor>;
}

/** A case as a graph; `at` tells its inputs from those of others. */
function build(op: Op, one: Case<Op>, at: number, float: FloatType): Built {
  const arrays = one.inputs.map((fed, index) => arrayOf(fed, float, index));
  const values = one.inputs.map(({ shape }, index) =>
    input(`${op}/${at}/${index}`, arrays[index]!.dtype, shape),
  );
  const outputs = applyAll(op, one.attributes, one.operands?.(values) ?? values);
  const chosen = one.wrt ?? values.map((_, index) => index);
  const wrt = chosen.map((index) => values[index]!).filter(({ dtype }) => isFloat(dtype));
  const shown = values.map(({ shape }) => showShape(shape)).join(" ");
  return {
    name: `${op} ${at}: ${shown} ${JSON.stringify(one.attributes)}`,
    outputs,
    wrt: isFloat(outputs[0]!.dtype) ? wrt : [],
    feeds: new Map(values.map((value, index) => [value, arrays[index]!])),
  };
}

const casesOf = (op: Op, float: FloatType): readonly Built[] =>
  (table[op] as readonly Case<Op>[]).map((one, at) => build(op, one, at, float));

/** Fed values that weigh the elements of an output. */
interface Weighed {
  readonly loss: Value;
  readonly feeds: ReadonlyMap<Value, Tensor>;
  readonly seed?: Value;
}

/** Scalars whose gradients walk back through `y` with a full, a scalar and a partly repeated cotangent. */
function weighings(y: Value, name: string): readonly Weighed[] {
  const weight = (shape: Value["shape"], kind: string) => {
    const value = input(`${name}/${kind}`, y.dtype, shape);
    const dtype = y.dtype as FloatType;
    return { value, feeds: new Map([[value, arrayOf({ dtype: "float", shape }, dtype, 5)]]) };
  };
  const full = weight(y.shape, "full");
  const scalar = weight([], "scalar");
  const forms: Weighed[] = [
    { loss: reduceSum(mul(y, full.value)), feeds: full.feeds },
    { loss: reduceSum(y), feeds: scalar.feeds, seed: scalar.value },
  ];
  if (y.shape.length > 0) {
    const row = weight([1, ...y.shape.slice(1)], "row");
    const sums = reduceSum(y, { axes: [0], keepdims: true });
    forms.push({ loss: reduceSum(mul(sums, row.value)), feeds: row.feeds });
  }
  return forms;
}

/** dL/dx by central differences, (L(x + h) - L(x - h)) / 2h. */
function differences(
  loss: (feeds: ReadonlyMap<Value, Tensor>) => number,
  feeds: ReadonlyMap<Value, Tensor>,
  x: Value,
): Tensor {
  const h = 1e-5;
  const array = feeds.get(x)!;
  const slopes = zeros("float64", array.shape);
  const moved = (index: number, by: number) => {
    const data = array.data.slice();
    data[index]! += by;
    return loss(new Map([...feeds, [x, { ...array, data }]]));
  };
  for (let i = 0; i < slopes.data.length; i++)
    slopes.data[i] = (moved(i, h) - moved(i, -h)) / (2 * h);
  return slopes;
}

/** All cases of an operator with their gradients as one graph, so that ONNX Runtime opens one session. */
function everything(op: Op, float: FloatType) {
  const built = casesOf(op, float);
  const feeds = new Map(built.flatMap((one) => [...one.feeds]));
  const named = built.flatMap(({ name, outputs, wrt }) => {
    const forward = outputs.map((value, index) => ({ name: `${name}, output ${index}`, value }));
    if (wrt.length === 0) return forward;
    const [full] = weighings(outputs[0]!, name);
    full!.feeds.forEach((array, value) => feeds.set(value, array));
    const backward = gradients(full!.loss, wrt);
    return [
      ...forward,
      ...backward.map((value, index) => ({ name: `${name}, gradient ${index}`, value })),
    ];
  });
  return { named, feeds };
}

/** How far ONNX Runtime may be from the interpreter, relative to values above 1. */
const tolerances = { float32: 1e-5, float64: 1e-12 };

const engines = runtimeNames.flatMap((name) => floats.map((float) => [name, float] as const));

describe.each(ops)("%s", (op) => {
  it("has the shape and dtype that its rule gives", () => {
    for (const float of floats)
      for (const { name, outputs, feeds } of casesOf(op, float)) {
        const results = evaluate(outputs, feeds);
        expect([name, results.map(({ dtype, shape }) => [dtype, shape])]).toEqual([
          name,
          outputs.map(({ dtype, shape }) => [dtype, concrete(shape)]),
        ]);
        for (const { shape, data } of results)
          expect(data).toHaveLength(shape.reduce((product, dim) => product * dim, 1));
      }
  });

  it("has the gradient of central differences to 1e-7", () => {
    const failures = casesOf(op, "float64").flatMap(({ name, outputs: [y], wrt, feeds }) =>
      (wrt.length === 0 ? [] : weighings(y!, name)).flatMap((weighed) => {
        const all = new Map([...feeds, ...weighed.feeds]);
        const factor = weighed.seed ? all.get(weighed.seed)!.data[0]! : 1;
        const loss = interpreter([weighed.loss]);
        const got = evaluate(gradients(weighed.loss, wrt, weighed.seed), all);
        return wrt.flatMap((x, index) => {
          const want = differences((moved) => factor * loss(moved)[0]!.data[0]!, all, x);
          const gap = distance(got[index]!, want);
          const same = got[index]!.shape.join() === want.shape.join();
          return same && gap <= 1e-7 ? [] : [`${name}, input ${index}: differs by ${gap}`];
        });
      }),
    );
    expect(failures).toEqual([]);
  });

  it.each(engines)("is the same on %s in %s", async (name, float) => {
    const { named, feeds } = everything(op, float);
    const values = named.map(({ value }) => value);
    const running = runOnnx(await runtime(name), values, feeds);
    if (op === "Erf" && float === "float64") {
      await expect(running).rejects.toThrow("Erf: ONNX Runtime has no float64 kernel");
      return;
    }
    const want = evaluate(values, feeds);
    const got = await running;
    const failures = named.flatMap((one, index) => {
      const same =
        got[index]!.dtype === want[index]!.dtype &&
        got[index]!.shape.join() === want[index]!.shape.join();
      const gap = same ? distance(got[index]!, want[index]!) : Infinity;
      return gap <= tolerances[float] ? [] : [`${one.name}: differs by ${gap}`];
    });
    expect(failures).toEqual([]);
  });
});

it("central differences themselves are right: d(x³) = 3x² dx", () => {
  const x = input("x", "float64", [2]);
  const slopes = differences(
    (feeds) => Array.from(feeds.get(x)!.data).reduce((sum, v) => sum + v ** 3, 0),
    new Map([[x, tensor("float64", [2], [2, -1])]]),
    x,
  );
  expect(slopes.data[0]).toBeCloseTo(12, 8);
  expect(slopes.data[1]).toBeCloseTo(3, 8);
});
