import { expect, it } from "vitest";
import { threeClasses } from "../../../test/support/runs.ts";
import { dense, sequential } from "../../index.ts";
import { planRace } from "../plan-race.ts";
import { raceToTarget } from "./to-target.ts";

it("counts all the time that it had for a run that diverged", async () => {
  const data = threeClasses(300);
  const race = planRace(sequential([dense(3)]), data, { batchSizes: [64], seed: 1, plane: false });
  const seconds = 0.3;
  const made = raceToTarget(
    {
      plan: { race, claims: [9], seeds: [1], seconds, options: {} },
      seeds: [1],
      sizes: () => [32, 64],
      planOn: () => race,
      // eslint-disable-next-line @typescript-eslint/require-await
      learningRate: async function* (_data, batchSize) {
        yield "";
        return batchSize === 64 ? 1e30 : 0.5;
      },
      check: () => undefined,
    },
    race.training,
  );
  let step = await made.next();
  while (step.done !== true) step = await made.next();
  const { target, arrivals } = step.value;
  expect(target).not.toBeNull();
  const [learned, diverged] = arrivals;
  expect(learned).toMatchObject({ batchSize: 32, reached: true });
  expect(diverged).toMatchObject({ batchSize: 64, reached: false });
  // Updates until the time was up, at what one takes.
  const secondsPerUpdate = diverged!.seconds / diverged!.updates;
  expect(diverged!.updates).toBe(Math.ceil(seconds / secondsPerUpdate - 1e-9));
  expect(diverged!.examples).toBe(64 * diverged!.updates);
});
