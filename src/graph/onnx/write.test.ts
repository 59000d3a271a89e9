import { describe, expect, it } from "vitest";
import { runtime, runtimeNames } from "../../../test/support/onnx.ts";
import { evaluate } from "../evaluate.ts";
import { softmaxCrossEntropyLoss } from "../ops-windows.ts";
import { add, div, gemm, identity, mul, reduceSum, slice, softplus, sub } from "../ops.ts";
import { gradients } from "../reverse.ts";
import { tensor, type FloatType, type Tensor } from "../types.ts";
import { constant, input, type Value } from "../value.ts";
import { outputName, writeModel, writeScan, type ScanProgram } from "./write.ts";

/** Gradient descent on ½ |softplus(x W) - T|², a counter, and columns of the loss, the row and a constant. */
function descent(dtype: FloatType) {
  const w = input("w", dtype, [2, 3]);
  const count = input("count", "int32", []);
  const kept = input("kept", dtype, [2]);
  const x = input("x", dtype, ["batch", 2]);
  const rate = input("rate", dtype, []);
  const target = input("target", dtype, ["batch", 3]);
  const scale = input("scale", dtype, [2, 3]);
  const error = sub(softplus(gemm(x, w)), target);
  const loss = mul(reduceSum(mul(error, error)), 0.5);
  const [dw] = gradients(loss, [w]);
  const program: ScanProgram = {
    carried: [
      { name: "w", value: w, next: sub(w, mul(mul(dw!, scale), rate)) },
      { name: "count", value: count, next: add(count, 1) },
      { name: "kept", value: kept, next: kept },
    ],
    scanned: [
      { name: "x", value: x },
      { name: "rate", value: rate },
    ],
    captured: [
      { name: "target", value: target },
      { name: "scale", value: scale },
    ],
    columns: [
      { name: "loss", value: loss },
      { name: "rate", value: rate },
      { name: "scale", value: scale },
      { name: "two", value: constant(tensor(dtype, [1], [2])) },
      { name: "before", value: w },
    ],
  };
  return program;
}

const wave = (dtype: FloatType, shape: readonly number[], phase: number): Tensor => {
  const length = shape.reduce((product, dim) => product * dim, 1);
  return tensor(
    dtype,
    shape,
    Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase)),
  );
};

/** Entry `k` of an array of K entries. */
const entry = ({ dtype, shape, data }: Tensor, k: number): Tensor => {
  const size = data.length / shape[0]!;
  return tensor(dtype, shape.slice(1), data.subarray(k * size, (k + 1) * size));
};

/** The same loop with the interpreter, by hand. */
function byHand(program: ScanProgram, feeds: Readonly<Record<string, Tensor>>, iterations: number) {
  let state = program.carried.map(({ name }) => feeds[name]!);
  const rows: number[][] = program.columns.map(() => []);
  for (let k = 0; k < iterations; k++) {
    const known = new Map<Value, Tensor>();
    program.carried.forEach(({ value }, index) => known.set(value, state[index]!));
    for (const { name, value } of program.scanned) known.set(value, entry(feeds[name]!, k));
    for (const { name, value } of program.captured) known.set(value, feeds[name]!);
    const wanted = [
      ...program.carried.map(({ next }) => next),
      ...program.columns.map(({ value }) => value),
    ];
    const results = evaluate(wanted, known);
    state = results.slice(0, state.length);
    results.slice(state.length).forEach(({ data }, index) => rows[index]!.push(...data));
  }
  return { state: state.map(({ data }) => [...data]), rows };
}

function expectNear(got: ArrayLike<number>, want: readonly number[], digits: number): void {
  expect(got).toHaveLength(want.length);
  want.forEach((value, index) => {
    expect(got[index]).toBeCloseTo(value, digits);
  });
}

describe.each(runtimeNames)("writeScan on %s", (name) => {
  it.each([
    ["float32", 1, 5],
    ["float32", 5, 5],
    ["float64", 1, 13],
    ["float64", 5, 13],
  ] as const)(
    "is the loop of the interpreter: %s, %d iterations, %d digits",
    async (dtype, k, digits) => {
      const program = descent(dtype);
      const feeds = {
        w: wave(dtype, [2, 3], 1),
        count: tensor("int32", [], [40]),
        kept: wave(dtype, [2], 9),
        x: wave(dtype, [k, 4, 2], 2),
        rate: tensor(dtype, [k], [0.1, 0.2, 0.05, 0.3, 0.01].slice(0, k)),
        target: wave(dtype, [4, 3], 3),
        scale: wave(dtype, [2, 3], 4),
      };
      const session = await (await runtime(name)).open(writeScan(program));
      const results = await session.run(feeds);
      await session.close();
      const { state, rows } = byHand(program, feeds, k);
      program.carried.forEach((one, index) => {
        expectNear(results[outputName(one.name)]!.data, state[index]!, digits);
        expect(results[outputName(one.name)]!.dtype).toBe(one.value.dtype);
      });
      program.columns.forEach((one, index) => {
        const column = results[outputName(one.name)]!;
        expect(column.shape[0]).toBe(k);
        expectNear(column.data, rows[index]!, digits);
      });
      expect(results[outputName("count")]!.data[0]).toBe(40 + k);
    },
  );
});

describe.each(runtimeNames)("writeModel on %s", (name) => {
  /** Runs a graph without inputs. */
  async function run(
    values: readonly Value[],
    inputs: Parameters<typeof writeModel>[0]["inputs"] = [],
  ) {
    const outputs = values.map((value, index) => ({ name: `y${index}`, value }));
    const session = await (await runtime(name)).open(writeModel({ inputs, outputs }));
    const feeds = inputs.map(({ name: key, value }) => [
      key,
      wave("float32", value.shape as number[], 0),
    ]);
    const results = await session.run(Object.fromEntries(feeds) as Record<string, Tensor>);
    await session.close();
    return outputs.map((output) => results[output.name]!);
  }

  it("keeps large and negative integers", async () => {
    const values = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1, 2 ** 40, 0];
    const [numbers, first, last] = await run([
      identity(constant(tensor("int64", [5], values))),
      slice(constant(tensor("int64", [5], values)), { starts: [-5], ends: [-4], axes: [0] }),
      slice(constant(tensor("int64", [5], values)), {
        starts: [4],
        ends: [Number.MAX_SAFE_INTEGER],
        axes: [0],
      }),
    ]);
    expect([...numbers!.data]).toEqual(values);
    expect([...first!.data]).toEqual([Number.MAX_SAFE_INTEGER]);
    expect([...last!.data]).toEqual([0]);
  });

  it("tells constants of 0 and -0 apart", async () => {
    const zero = (value: number) => constant(tensor("float32", [1], [value]));
    const [plus, minus] = await run([div(zero(1), zero(0)), div(zero(1), zero(-0))]);
    expect([plus!.data[0], minus!.data[0]]).toEqual([Infinity, -Infinity]);
  });

  it("writes large constants, each once", async () => {
    const table = wave("float32", [100, 10], 1);
    const value = constant(table);
    const once = writeModel({ inputs: [], outputs: [{ name: "y", value }] }).length;
    const twice = writeModel({ inputs: [], outputs: [{ name: "y", value: add(value, value) }] });
    expect(once).toBeGreaterThan(4000);
    expect(twice.length - once).toBeLessThan(100);
    const [sum] = await run([add(value, value)]);
    expect(sum!.data[999]).toBeCloseTo(2 * table.data[999]!, 6);
  });

  it("hands inputs and constants straight to outputs, twice too", async () => {
    const x = input("x", "float32", [3]);
    const one = constant(tensor("bool", [2], [1, 0]));
    const results = await run([x, x, one], [{ name: "x", value: x }]);
    expect(results[1]!.data).toEqual(results[0]!.data);
    expect([...results[2]!.data]).toEqual([1, 0]);
  });

  it("writes a loss with and without its second output", async () => {
    const scores = input("scores", "float32", [2, 3]);
    const labels = constant(tensor("int64", [2], [0, 2]));
    const [loss, logP] = softmaxCrossEntropyLoss(scores, labels);
    const inputs = [{ name: "scores", value: scores }];
    const [alone] = await run([loss], inputs);
    const [both, logs] = await run([loss, logP], inputs);
    expect(alone!.data[0]).toBe(both!.data[0]);
    expect(-(logs!.data[0]! + logs!.data[5]!) / 2).toBeCloseTo(alone!.data[0]!, 6);
  });
});

it("refuses a graph that reads an input the program does not have", () => {
  const x = input("x", "float32", [3]);
  expect(() => writeModel({ inputs: [], outputs: [{ name: "y", value: add(x, 1) }] })).toThrow(
    'input "x" is not part of the program',
  );
});
