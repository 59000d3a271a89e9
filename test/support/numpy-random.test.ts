import { expect, it } from "vitest";
import { fixture, type SklearnData } from "./fixture.ts";
import { numpyRandom } from "./numpy-random.ts";

it("permutes as the published course's orders", () => {
  const { permutations_by_seed: published } = fixture("dlai_moons") as {
    permutations_by_seed: Record<string, number[]>;
  };
  expect(Object.keys(published).length).toBeGreaterThanOrEqual(3);
  for (const [seed, order] of Object.entries(published)) {
    expect(numpyRandom(Number(seed)).permutation(300)).toEqual(order);
  }
});

it("draws the published course's He-normal parameters (seed 3)", () => {
  const { init } = fixture("dlai_moons") as { init: number[][][] };
  expect(init).toHaveLength(6);
  const random = numpyRandom(3);
  [2, 5, 2].forEach((inputs, layer) => {
    for (const weight of init[2 * layer]?.flat() ?? []) {
      expect(random.normal() * Math.sqrt(2 / inputs)).toBeCloseTo(weight, 14);
    }
  });
});

it("agrees with numpy word for word", () => {
  const { numpyRandom: cases } = fixture("sklearn_data") as SklearnData;
  for (const { seed, uniform, normal, permutation } of cases) {
    const [u, g] = [numpyRandom(seed), numpyRandom(seed)];
    expect(uniform.map(() => u.uniform())).toEqual(uniform);
    for (const value of normal) expect(g.normal()).toBeCloseTo(value, 14);
    expect(numpyRandom(seed).permutation(20)).toEqual(permutation);
  }
});
