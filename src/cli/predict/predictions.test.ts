import { describe, expect, it } from "vitest";
import { InputError } from "../../errors.ts";
import type { ModelFile } from "./model-file.ts";
import { predictionColumns, predictionsOf } from "./predictions.ts";

const model = (changes: Partial<ModelFile>): ModelFile => ({
  source: "m.onnx",
  bytes: new Uint8Array(0),
  task: "classification",
  classes: ["a", "b", "c"],
  input: { dtype: "float32", shape: [2] },
  outputs: 3,
  dtype: "float64",
  activation: "softmax",
  preprocessing: undefined,
  ...changes,
});

const units = (changes: object) =>
  ({
    version: 1,
    missing: "impute",
    features: [],
    target: { kind: "number", column: "y", type: "number", mean: 10, scale: 4, ...changes },
  }) as const;

describe("columns", () => {
  it("are the class and a probability for each, or the values", () => {
    expect(predictionColumns(model({ dtype: "float32" }))).toEqual([
      { name: "prediction", type: "VARCHAR" },
      { name: "probability_a", type: "FLOAT" },
      { name: "probability_b", type: "FLOAT" },
      { name: "probability_c", type: "FLOAT" },
    ]);
    const names = (changes: Partial<ModelFile>) =>
      predictionColumns(model(changes)).map(({ name, type }) => `${name} ${type}`);
    const regression = { task: "regression", classes: [], activation: "identity" } as const;
    expect(names({ ...regression, outputs: 1 })).toEqual(["prediction DOUBLE"]);
    expect(names({ ...regression, outputs: 2, dtype: "float32" })).toEqual([
      "prediction_0 FLOAT",
      "prediction_1 FLOAT",
    ]);
    expect(
      names({ ...regression, outputs: 1, dtype: "float32", preprocessing: units({}) }),
    ).toEqual(["prediction DOUBLE"]);
    expect(names({ activation: "identity" })[1]).toBe("score_a DOUBLE");
  });

  it("are refused for outputs that are not one a class", () => {
    expect(() => predictionColumns(model({ outputs: 2 }))).toThrow(
      new InputError("m.onnx puts out 2 values for 3 classes; expected one each"),
    );
  });
});

describe("values", () => {
  it("are a softmax: e^zᵢ / Σ e^zⱼ, also where powers overflow", () => {
    // e^0, e^ln 2, e^ln 5 are as 1 : 2 : 5.
    const logits = Float64Array.of(0, Math.log(2), Math.log(5), 1e4, 0, -1e4);
    const [classes, ...columns] = predictionsOf(model({}), logits, 2);
    expect(classes).toEqual(["c", "a"]);
    [1 / 8, 2 / 8, 5 / 8].forEach((p, c) => {
      expect(columns[c]?.[0]).toBeCloseTo(p, 15);
    });
    expect(columns.map((column) => column[1])).toEqual([1, 0, 0]);
  });

  it("are a sigmoid for one logit, which is that of the second class", () => {
    const binary = model({ classes: ["no", "yes"], outputs: 1, activation: "sigmoid" });
    const [classes, no, yes] = predictionsOf(binary, Float64Array.of(Math.log(3), -800, 0), 3);
    // σ(ln 3) = 3/4; z > 0 is the second class, as accuracy counts it.
    expect(classes).toEqual(["yes", "no", "no"]);
    expect(yes?.[0]).toBeCloseTo(0.75, 15);
    expect(no?.[0]).toBeCloseTo(0.25, 15);
    expect([no?.[1], yes?.[1]]).toEqual([1, 0]);
    expect([no?.[2], yes?.[2]]).toEqual([0.5, 0.5]);
  });

  it("are rounded to the type of the model, the class is found before", () => {
    // Both probabilities are 0.5 in float32; the second logit is larger.
    const pair = model({ classes: ["a", "b"], outputs: 2, dtype: "float32" });
    const [classes, a, b] = predictionsOf(pair, Float64Array.of(0, 1e-9), 1);
    expect([classes?.[0], a?.[0], b?.[0]]).toEqual(["b", 0.5, 0.5]);
    const third = predictionsOf(model({ dtype: "float32" }), Float64Array.of(0, 0, 0), 1)[1];
    expect(third).toEqual([Math.fround(1 / 3)]);
  });

  it("are in the units of the target", () => {
    const house = model({ task: "regression", outputs: 1, preprocessing: units({}) });
    expect(predictionsOf(house, Float64Array.of(0, -2, 0.25), 3)).toEqual([[10, 2, 11]]);
    const plain = model({ task: "regression", outputs: 2 });
    expect(predictionsOf(plain, Float64Array.of(1, 2, 3, 4), 2)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("have no class where the outputs are not numbers", () => {
    const [classes] = predictionsOf(model({}), Float64Array.of(NaN, NaN, NaN), 1);
    expect(classes).toEqual([null]);
  });
});
