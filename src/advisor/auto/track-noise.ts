/** @file `trackNoise`: a probe that measures gradient noise along a run. */
import { knownOptions } from "../../errors.ts";
import type { RunProbe } from "../../train/run-config.ts";
import { checkTracking, type TrackingOptions, type TrackingState } from "../noise/track.ts";
import { fromJson, toJson } from "./memory.ts";
import { mayReach, openTracker } from "./tracker.ts";

/**
 * A probe that measures gradient noise while a run goes on, at small cost: `probe` events carry tr(Σ) and |G|², from the third on B_simple and B_noise, too.
 *
 * A run pays for a look before it is made: with the defaults the first one comes after some 393,000 examples, with two threads after 661,000. What a look
 * needs is compiled before the first update. When it looks is counted in examples, so the same run with as many threads is measured at the same places on
 * every machine. Of stored data it looks at a sample that stays in memory.
 *
 * @param options `share` of the run that it may cost, counted in examples (default 0.014: less than 2 % of the time)
 * @throws InputError when an option is wrong
 * @example
 * for await (const event of train(model, training, { probe: trackNoise(), epochs: 5 }))
 *   if (event.type === "probe") console.log(event.updates, event.measured["noiseScale"]);
 */
export function trackNoise(options: TrackingOptions = {}): RunProbe {
  knownOptions("trackNoise", options, ["share", "examples", "curvature", "window"]);
  checkTracking(options);
  return {
    name: "noise",
    async open(config, runtime) {
      const tracker = await openTracker(config, options, runtime);
      // Before the first update, as all that is compiled.
      if (mayReach(config, tracker.firstLook)) await tracker.warm();
      return {
        close: () => tracker.close(),
        async look(memory, point) {
          const { state, nextAt, found } = await tracker.look(
            fromJson(memory) as TrackingState | undefined,
            point,
          );
          return {
            state: { memory: toJson(state), nextAt },
            ...(found && { measured: found.measured }),
          };
        },
      };
    },
  };
}
