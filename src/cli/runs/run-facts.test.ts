import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOf } from "./fields.ts";
import { batchText, runsTable } from "./list-table.ts";
import { factsOf } from "./run-facts.ts";
import { raceOfRuns } from "./runs-race.ts";
import { describeRun } from "./show-run.ts";
import type { StoredRun } from "./stored-run.ts";

const names = [
  ...["results", "identity", "settings", "options", "data", "model", "text", "name", "training"],
  ...["validation", "task", "metric", "better", "batchSize", "learningRate", "seed", "updates"],
  ...["preparation", "rows", "dropped", "imputed", "target", "features", "environment", "created"],
];

/** JSON whose keys are often those that are looked for. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1.5, 1e308, "", "accuracy", "64", "classification"),
    fc.string(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie("value")),
  ),
})).value;

const stored = (file: unknown): StoredRun => ({
  name: "r",
  path: "no/such/folder",
  status: "done",
  writer: null,
  message: null,
  created: null,
  facts: factsOf(fieldsOf(file), []),
  reached: null,
  file: fieldsOf(file),
});

describe("factsOf", () => {
  it("takes what came of the run before what it was started with", () => {
    const settings = {
      options: {
        batchSize: "64",
        learningRate: "0.3",
        optimizer: "adam",
        seed: "7",
        model: "mlp:8",
      },
    };
    const identity = { model: "dense(8) relu dense(2)", loss: "crossEntropy", learningRate: "log" };
    const open = { format: 1, settings, identity, data: { name: "moons", training: 200 } };
    expect(factsOf(open, [])).toMatchObject({
      batchSize: 64,
      learningRate: 0.3,
      optimizer: "adam",
      seed: 7,
      model: "dense(8) relu dense(2)",
      loss: "crossEntropy",
      data: { name: "moons", training: 200, validation: null },
      validationMetric: null,
    });
    const results = { batchSize: 32, learningRate: 0.1, validationMetric: 0.5, ended: "target" };
    expect(factsOf({ ...open, results }, [])).toMatchObject({
      batchSize: 32,
      learningRate: 0.1,
      validationMetric: 0.5,
      ended: "target",
    });
  });

  it("takes the last evaluation of a run that has not ended", () => {
    const evaluation = {
      kind: "evaluation",
      updates: 1,
      examples: 1,
      epochs: 1,
      seconds: 1,
    } as const;
    const facts = factsOf({}, [{ ...evaluation, loss: 0.25, metrics: { accuracy: 0.75 } }]);
    expect(facts).toMatchObject({
      metric: { name: "accuracy", better: "higher" },
      validationLoss: 0.25,
      validationMetric: 0.75,
    });
  });

  it("tells the batch sizes that a probe changed it to, of a run that has ended and of one that has not", () => {
    const batchSizes = [
      { updates: 0, batchSize: 64, rateFactor: 1.5, reason: "time" },
      { updates: 500, batchSize: 16, rateFactor: 0.5, reason: "noise" },
    ];
    const file = { results: { batchSize: 32, batchSizes } };
    expect(batchText(factsOf(file, []))).toBe("64 → 16");
    expect(batchText(factsOf({ identity: { batchSize: 32 } }, [], batchSizes.slice(1)))).toBe(
      "32 → 16",
    );
    const [run] = raceOfRuns([stored(file)]).runs;
    expect(run).toMatchObject({ batchSize: 64, origin: { batchSizes: [64, 16] } });
  });

  it("takes any JSON, and so do the list, the record and the race", () => {
    fc.assert(
      fc.property(anything, (file) => {
        const run = stored(file);
        expect(runsTable([run], 80)).toContain("name");
        expect(JSON.stringify(describeRun(run))).toContain('"status":"done"');
        expect(raceOfRuns([run]).runs).toHaveLength(1);
      }),
    );
  });
});
