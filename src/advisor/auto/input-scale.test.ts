import { describe, expect, it } from "vitest";
import { generator, stream } from "../../data/rng.ts";
import { inputScale } from "./input-scale.ts";

const column = (rows: readonly (readonly number[])[], scale?: number) => ({
  x: {
    data: Float64Array.from(rows.flat()),
    shape: [rows[0]!.length],
    ...(scale !== undefined && { scale }),
  },
  size: rows.length,
});

describe("inputScale", () => {
  it("is max ‖(x, 1)‖² / λ₁ where both are known", () => {
    // E[(x, 1)(x, 1)ᵀ] = diag(1/2, 1/2, 1): every row has the norm² 2.
    const corners = [[1, 0], [-1, 0], [0, 1], [0, -1]]; // prettier-ignore
    expect(inputScale(column(corners))).toBeCloseTo(2, 2);
    // x = ±3: diag(9, 1), norm² 10.
    expect(inputScale(column([[3], [-3]]))).toBeCloseTo(10 / 9, 6);
    // x = 2 always: rank one, λ₁ = 5 = norm².
    expect(inputScale(column([[2], [2]]))).toBeCloseTo(1, 12);
  });

  it("sees the values that the graph sees", () => {
    expect(inputScale(column([[30], [-30]], 0.1))).toBeCloseTo(10 / 9, 6);
  });

  it("is near the number of features for independent ones, and grows with a single outlier", () => {
    const { normal } = generator(1, stream.user);
    const rows = Array.from({ length: 4000 }, () => Array.from({ length: 8 }, () => normal()));
    // λ₁ is 1 to a few percent, and the largest of 4000 χ² with 8 degrees of freedom is about 28.
    const usual = inputScale(column(rows));
    expect(usual).toBeGreaterThan(15);
    expect(usual).toBeLessThan(45);
    // ‖(50, …)‖² ≈ 2500; in its direction E[x²] is 1 + 2500 / 4000.
    rows[17]![0] = 50;
    const withOutlier = inputScale(column(rows));
    expect(withOutlier).toBeGreaterThan(2500 / 1.75);
    expect(withOutlier).toBeLessThan(2540 / 1.5);
  });
});
