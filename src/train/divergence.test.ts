import { expect, it } from "vitest";
import { allFinite } from "./divergence.ts";

it("one value that is not finite is found wherever it stands, in both precisions", () => {
  for (const [dtype, Values] of [
    ["float32", Float32Array],
    ["float64", Float64Array],
  ] as const)
    // prettier-ignore
    for (let length = 1; length < 12; length++) {
      const finite = () => ({ dtype, shape: [length], data: new Values(length).fill(-1e30) });
      expect(allFinite([finite(), finite()])).toBe(true);
      for (const bad of [NaN, Infinity, -Infinity])
        for (let at = 0; at < length; at++) {
          const broken = finite();
          broken.data[at] = bad;
          expect(allFinite([finite(), broken])).toBe(false);
        }
    }
});
