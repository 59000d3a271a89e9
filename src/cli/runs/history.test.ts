import { expect, it } from "vitest";
import { changesOf, entriesOf } from "./history.ts";

const moment = (updates: number) => ({ updates, examples: 10 * updates, epochs: 0, seconds: 1 });
const progress = (updates: number, loss: number | null) => ({
  type: "progress",
  loss,
  ...moment(updates),
});

it("takes progress and evaluations, and nothing else", () => {
  const entries = entriesOf([
    { type: "start", batchSize: 10 },
    progress(5, 2),
    { type: "epoch", ...moment(4), loss: 3 },
    { type: "evaluation", ...moment(5), loss: 1, metrics: { accuracy: 0.5 } },
    { type: "progress", loss: 1 },
    { type: "progress", ...moment(6), updates: "6" },
    {},
    { type: "end", ...moment(5) },
  ]);
  expect(entries).toEqual([
    { kind: "progress", ...moment(5), loss: 2, metrics: {} },
    { kind: "evaluation", ...moment(5), loss: 1, metrics: { accuracy: 0.5 } },
  ]);
});

it("forgets what a run did before it went back", () => {
  const entries = entriesOf([
    progress(10, 3),
    progress(20, 2),
    progress(30, null),
    { type: "rollback", ...moment(10), divergedAt: 31 },
    progress(18, 1),
  ]);
  expect(entries.map(({ updates, loss }) => [updates, loss])).toEqual([
    [10, 3],
    [18, 1],
  ]);
});

it("finds the changes of the batch size that a run did not go back behind", () => {
  const change = (updates: number, batchSize: number) => ({
    ...{ type: "batchSize", from: 32, batchSize, factor: 2, reason: "noise" },
    ...moment(updates),
  });
  const kept = (updates: number, batchSize: number) => ({
    ...{ updates, batchSize, rateFactor: 2, reason: "noise" },
  });
  expect(
    changesOf([
      change(0, 64),
      progress(10, 3),
      change(10, 128),
      progress(20, 3),
      { type: "rollback", ...moment(5), divergedAt: 21 },
      change(7, 16),
      { ...change(9, 8), batchSize: "8" },
    ]),
  ).toEqual([kept(0, 64), kept(7, 16)]);
});
