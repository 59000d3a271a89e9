/** What the compiler knows of the public API. */
import { expectTypeOf, test } from "vitest";
import {
  compare,
  dense,
  fromArrays,
  sequential,
  sgd,
  train,
  type Dataset,
  type Model,
  type Race,
  type Tensor,
  type TrainResult,
} from "../src/index.ts";

const data = fromArrays([[0], [1]], [0, 1]);

test("models and data", () => {
  expectTypeOf(sequential([dense(2)])).toExtend<Model>();
  expectTypeOf(data).toEqualTypeOf<Dataset>();
});

test("a run is an async iterable of events and a promise of its result", () => {
  const run = train(sequential([dense(2)]), data, { batchSize: "full", optimizer: sgd() });
  expectTypeOf(run.result).resolves.toEqualTypeOf<TrainResult>();
  expectTypeOf<Awaited<typeof run.result>["model"]["parameters"]>().toEqualTypeOf<
    Readonly<Record<string, Tensor>>
  >();
  const listen = async () => {
    for await (const event of run)
      if (event.type === "evaluation") expectTypeOf(event.loss).toBeNumber();
  };
  expectTypeOf(listen).returns.resolves.toBeVoid();
});

test("options are checked", () => {
  // @ts-expect-error a batch size is a number or "full"
  train(sequential([dense(2)]), data, { batchSize: "half" });
  // @ts-expect-error layers are called
  sequential([dense]);
});

test("a race gives plain data", () => {
  expectTypeOf(compare(sequential([dense(2)]), data).result).resolves.toEqualTypeOf<Race>();
});
