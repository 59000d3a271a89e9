/** @file Gradient noise of a small network on digits, against PyTorch. */
import { describe, expect, it } from "vitest";
import { dense, measureNoise, sequential, tanh } from "../src/index.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { loadDigits } from "../src/data/builtin.ts";
import { range } from "../src/data/sampler.ts";
import { take } from "../src/data/split.ts";
import { configure } from "../src/train/config.ts";
import { gap } from "./support/close.ts";
import { fixture } from "./support/fixture.ts";

/** Written by scripts/fixtures/torch_noise.py. */
interface TorchNoise {
  readonly examples: number;
  readonly names: readonly string[];
  readonly scales: readonly number[];
  readonly loss: number;
  readonly squaredNorms: readonly (readonly number[])[];
  readonly trace: readonly number[];
  readonly gradientSquared: readonly number[];
  readonly curvatureTrace: number;
  readonly alongGradient: number;
  readonly hessianTimesGradient: readonly (readonly number[])[];
}

describe.each(["onnx", "loops"] as const)(
  "a network on digits, as PyTorch has it one example at a time, with engine %s",
  async (engine) => {
    const torch = fixture("torch_noise") as TorchNoise;
    const data = take(await loadDigits(), range(torch.examples));
    const sizes = [12 * 64, 12, 120, 10];
    const parameters = Object.fromEntries(
      torch.names.map((name, p) => [
        name,
        Array.from({ length: sizes[p]! }, (_, i) => torch.scales[p]! * Math.sin(1 + 1.7 * i + p)),
      ]),
    );
    const model = sequential([dense(12), tanh(), dense(10)]);
    const options = { dtype: "float64", engine, seed: 1 } as const;
    const config = configure(model, data, { ...options, initialParameters: parameters });
    const noise = await measureNoise(model, data, {
      ...{ ...options, parameters, examples: "full", perExample: true, top: 3 },
    }).result;

    it("tr(Σ) and |G|² of every parameter, GᵀHG and the loss", () => {
      const value = ({ value: v, low, high }: { value: number; low: number; high: number }) => {
        expect([low, high]).toEqual([v, v]);
        return v;
      };
      expect(noise.parameters.map(({ name }) => name)).toEqual(torch.names);
      expect(
        gap(
          noise.parameters.map(({ trace }) => value(trace)),
          torch.trace,
        ),
      ).toBeLessThan(1e-12);
      expect(
        gap(
          noise.parameters.map(({ gradientSquared }) => value(gradientSquared)),
          torch.gradientSquared,
        ),
      ).toBeLessThan(1e-12);
      const sum = (values: readonly number[]) => values.reduce((total, v) => total + v, 0);
      expect(value(noise.simpleNoiseScale)).toBeCloseTo(
        sum(torch.trace) / sum(torch.gradientSquared),
        9,
      );
      expect(value(noise.curvature!.alongGradient)).toBeCloseTo(torch.alongGradient, 12);
      expect(value(noise.curvature!.learningRate)).toBeCloseTo(
        sum(torch.gradientSquared) / torch.alongGradient,
        10,
      );
      expect(noise.loss).toBeCloseTo(torch.loss, 12);
    });

    it("tr(HΣ) within its interval", () => {
      const { low, high, value } = noise.curvature!.trace;
      expect(low).toBeLessThan(torch.curvatureTrace);
      expect(high).toBeGreaterThan(torch.curvatureTrace);
      expect(high - low).toBeLessThan(value);
    });

    it("the Hessian times the gradient, and the norms of all examples", async () => {
      const instrument = await openInstrument(config);
      const rows = range(data.size);
      const { gradients } = await instrument.gradient(config.initial, rows);
      const product = await instrument.hessianProduct(config.initial, gradients, rows);
      expect(
        gap(
          product.flatMap(({ data: part }) => Array.from(part)),
          torch.hessianTimesGradient.flat(),
        ),
      ).toBeLessThan(1e-12);
      const norms = await instrument.squaredNorms(config.initial, rows);
      norms.forEach((own, p) => {
        expect(gap(own, torch.squaredNorms[p]!)).toBeLessThan(1e-12);
      });
      await instrument.close();
    });

    it("the examples with the largest gradients, and their shares", () => {
      const totals = torch.squaredNorms[0]!.map((_, i) =>
        torch.squaredNorms.reduce((sum, own) => sum + own[i]!, 0),
      );
      const all = totals.reduce((sum, total) => sum + total, 0);
      const expected = totals
        .map((squaredNorm, index) => ({ index, squaredNorm, share: squaredNorm / all }))
        .sort((a, b) => b.squaredNorm - a.squaredNorm)
        .slice(0, 3);
      expect(noise.top.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
      for (const key of ["squaredNorm", "share"] as const)
        expect(
          gap(
            noise.top.map((one) => one[key]),
            expected.map((one) => one[key]),
          ),
        ).toBeLessThan(1e-12);
    });
  },
);
