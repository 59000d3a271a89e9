import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { torchNn } from "../../test/support/torch-nn.ts";
import { evaluate } from "../graph/evaluate.ts";
import { mul, reduceSum } from "../graph/ops.ts";
import { gradients } from "../graph/reverse.ts";
import { tensor } from "../graph/types.ts";
import { constant, input } from "../graph/value.ts";
import { elu, gelu, leakyRelu, relu, sigmoid, softmax, softplus, tanh } from "./layers.ts";
import type { Layer, Scope } from "./model.ts";

const made = { elu, gelu, leakyRelu, relu, sigmoid, softmax, softplus, tanh } as Readonly<
  Record<string, (...options: unknown[]) => Layer>
>;

describe("activations and their gradients are PyTorch's", () => {
  const rows = torchNn.activations.map((row) => {
    const given = row.arguments.map((argument) => JSON.stringify(argument)).join(", ");
    return [`${row.activation}(${given})`, row] as const;
  });
  it.each(rows)("%s", (_, row) => {
    const x = input("x", "float64", row.shape);
    const y = made[row.activation]!(...row.arguments).forward(x, {} as Scope);
    const weights = row.x.map((_, i) => i + 1);
    const weighted = mul(y, constant(tensor("float64", row.shape, weights)));
    const [gradient] = gradients(reduceSum(weighted), [x]);
    const [values, dx] = evaluate(
      [y, gradient!],
      new Map([[x, tensor("float64", row.shape, row.x)]]),
    );
    expect(gap(values!.data, row.y)).toBeLessThan(1e-14);
    expect(gap(dx!.data, row.gradient)).toBeLessThan(1e-13);
  });

  it("none is left out", () => {
    expect(new Set(torchNn.activations.map(({ activation }) => activation))).toEqual(
      new Set(Object.keys(made)),
    );
  });
});
