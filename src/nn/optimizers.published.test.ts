/** @file The vectors that the ONNX and TensorFlow.js projects publish for their optimizers, through ours. */
import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { fixture } from "../../test/support/fixture.ts";
import { optimizerVectors, type Attributes } from "../../test/support/onnx-vectors.ts";
import { descend, updater } from "../../test/support/descend.ts";
import type { AnyOptimizer } from "./optimizer.ts";
import { adadelta, adagrad, adam, rmsprop, sgd } from "./optimizers.ts";

interface Translation {
  readonly optimizer: AnyOptimizer;
  /** Our slots in the order in which the operator takes its own. */
  readonly slots: readonly string[];
}

/**
 * An operator of ai.onnx.preview.training as one of our optimizers. `norm_coefficient` is L2 weight decay; Momentum's
 * `beta` is what its velocity takes of the gradient from the second update on, 1 − dampening; Adam corrects no
 * bias at update 0, where all these cases are.
 */
const translations: Readonly<
  Record<string, (learningRate: number, attrs: Attributes) => Translation>
> = {
  Adam: (learningRate, attrs) => ({
    optimizer: adam({
      learningRate,
      beta1: Number(attrs["alpha"]),
      beta2: Number(attrs["beta"]),
      epsilon: Number(attrs["epsilon"]),
      weightDecay: Number(attrs["norm_coefficient"]),
      biasCorrection: false,
    }),
    slots: ["m", "v"],
  }),
  Momentum: (learningRate, attrs) => ({
    optimizer: sgd({
      learningRate,
      momentum: Number(attrs["alpha"]),
      dampening: 1 - Number(attrs["beta"]),
      nesterov: attrs["mode"] === "nesterov",
      weightDecay: Number(attrs["norm_coefficient"]),
    }),
    slots: ["velocity"],
  }),
  Adagrad: (learningRate, attrs) => ({
    optimizer: adagrad({
      learningRate,
      learningRateDecay: Number(attrs["decay_factor"]),
      epsilon: Number(attrs["epsilon"]),
      weightDecay: Number(attrs["norm_coefficient"]),
    }),
    slots: ["s"],
  }),
};

describe("ONNX's training operators", () => {
  it("are six cases", () => {
    expect(optimizerVectors).toHaveLength(6);
  });

  it.each(optimizerVectors)("%s", (_, { ops, attrs, inputs, outputs }) => {
    const [rate, time, ...arrays] = inputs.map(({ data }) => data);
    const { optimizer, slots } = translations[ops[0]!]!(rate![0]!, attrs[0]!);
    // X1 X2 … G1 G2 … then each slot for all of them; the outputs in the same order, without G
    const count = arrays.length / (2 + slots.length);
    for (let i = 0; i < count; i++) {
      const at = (group: number) => arrays[group * count + i]!;
      const state = {
        x: at(0),
        slots: Object.fromEntries(slots.map((name, s) => [name, at(2 + s)])),
      };
      const after = updater(optimizer, at(0).length)(state, at(1), time![0]! + 1);
      const expected = (group: number) => outputs[group * count + i]!.data;
      expect(gap(after.x, expected(0))).toBeLessThan(1e-6);
      slots.forEach((name, s) => {
        expect(gap(after.slots[name]!, expected(1 + s))).toBeLessThan(1e-6);
      });
    }
  });
});

interface TfjsCase {
  readonly opt: string;
  readonly lr: number;
  readonly mu?: number;
  readonly b1?: number;
  readonly b2?: number;
  readonly rho?: number;
  readonly momentum?: number;
  readonly initAcc?: number;
  readonly x0: readonly number[];
  readonly after: readonly (readonly number[])[];
  readonly tol2?: number;
}

describe("TensorFlow.js on Σ x²", () => {
  const { cases } = fixture("tfjs_optimizers") as { readonly cases: readonly TfjsCase[] };
  const ours: Readonly<Record<string, (row: TfjsCase) => AnyOptimizer>> = {
    sgd: ({ lr }) => sgd({ learningRate: lr }),
    momentum: ({ lr, mu = 0 }) => sgd({ learningRate: lr, momentum: mu }),
    nesterov: ({ lr, mu = 0 }) => sgd({ learningRate: lr, momentum: mu, nesterov: true }),
    adam: ({ lr, b1 = 0, b2 = 0 }) => adam({ learningRate: lr, beta1: b1, beta2: b2 }),
    adagrad: ({ lr, initAcc = 0 }) => adagrad({ learningRate: lr, initialAccumulator: initAcc }),
    rmsprop: ({ lr, rho = 0, momentum = 0 }) => rmsprop({ learningRate: lr, alpha: rho, momentum }),
    rmsprop_centered: ({ lr, rho = 0, momentum = 0 }) =>
      rmsprop({ learningRate: lr, alpha: rho, momentum, centered: true }),
  };
  /** Adamax is not among our optimizers, and Adadelta divides by its mean square from before the update. */
  const different = ["adadelta", "adamax"];

  it("each row is reproduced or known to differ", () => {
    expect(cases.map(({ opt }) => opt).sort()).toEqual([...Object.keys(ours), ...different].sort());
  });

  it.each(cases.filter(({ opt }) => opt in ours).map((row) => [row.opt, row] as const))(
    "%s",
    (_, row) => {
      const gradient = (x: readonly number[]) => x.map((value) => 2 * value);
      const trace = descend(ours[row.opt]!(row), gradient, row.x0, row.after.length);
      row.after.forEach((expected, at) => {
        expect(gap(trace[at]!, expected)).toBeLessThan(at === 0 ? 1e-3 : (row.tol2 ?? 1e-3));
      });
    },
  );

  it("adadelta differs from its first step on", () => {
    const row = cases.find(({ opt }) => opt === "adadelta")!;
    const gradient = (x: readonly number[]) => x.map((value) => 2 * value);
    // theirs: √(ε / ε) · g = g;  ours: √ε / √((1 − ρ) g² + ε) · g
    expect(row.after[0]).toEqual(row.x0.map((x) => x - row.lr * 2 * x));
    const [first] = descend(adadelta({ learningRate: row.lr, rho: row.rho! }), gradient, row.x0, 1);
    expect(gap(first!, row.x0)).toBeLessThan(1e-3);
  });
});
