import { expect, it } from "vitest";
import { shuffled } from "../data/sampler.ts";
import { Cursor, startPosition } from "./cursor.ts";

const request = { sampler: shuffled(), size: 10, seed: 3, batchSize: 4 };
const limits = { maxUpdates: Infinity, maxExamples: Infinity, maxEpochs: Infinity };
const orderOf = (epoch: number): Int32Array => shuffled().order({ size: 10, seed: 3, epoch });

it("an order that was forgotten is made again, and the batches stay what they are", () => {
  const cursor = new Cursor(request);
  const plan = cursor.plan(1);
  const order = cursor.order(1);
  expect(order).toEqual(orderOf(1));
  expect(cursor.order(1)).toBe(order);
  cursor.forgetOrder(1);
  expect(cursor.order(1)).not.toBe(order);
  expect(cursor.order(1)).toEqual(order);
  expect(cursor.plan(1)).toBe(plan);
});

it("a cut visits what its batches hold, and plans no epoch that it does not reach", () => {
  const planned: number[] = [];
  const sampler: typeof request.sampler = {
    ...request.sampler,
    order: (context) => {
      planned.push(context.epoch);
      return orderOf(context.epoch);
    },
  };
  const cursor = new Cursor({ ...request, sampler, batchSize: 5 });
  const first = cursor.cut(startPosition, { ...limits, maxEpochs: 1 });
  expect(first.next).toMatchObject({ epoch: 1, batch: 0 });
  expect(cursor.visits(startPosition, first)).toEqual(orderOf(0));
  expect(planned).toEqual([0]);
  const five = cursor.cut(startPosition, { ...limits, maxUpdates: 5 });
  const visits = [0, 1, 2].flatMap((epoch) => [...orderOf(epoch)]);
  expect([...cursor.visits(startPosition, five)]).toEqual(visits.slice(0, 25));
  const after = cursor.cut(five.next, { ...limits, maxUpdates: 1 });
  expect([...cursor.visits(five.next, after)]).toEqual(visits.slice(25));
});
