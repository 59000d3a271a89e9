/** @file The programs that look closer at fixed parameters: Hessian-vector products, and the gradient norm of every example. */
import { add, mul, reduceSum, reduceSumSquare } from "../graph/ops.ts";
import { gradients } from "../graph/reverse.ts";
import { nodesOf } from "../graph/topology.ts";
import type { Named, ScanProgram } from "../graph/onnx/write.ts";
import { input, type Node, type Value } from "../graph/value.ts";
import type { Parameter } from "../nn/model.ts";
import { buildObjective, type Objective } from "./objective.ts";
import { accumulator, named, optimizeScan, visits, wholeData } from "./programs.ts";
import type { StepSpec } from "./spec.ts";

/** Products of the Hessian of the batch's loss with one direction. */
export interface HessianProduct {
  readonly objective: Objective;
  /** The direction v, one array a parameter. */
  readonly directions: readonly Value[];
  /** scale · ∂²loss/∂θ² v */
  readonly products: readonly Value[];
}

/**
 * H v by differentiating the slope along v once more: H v = ∂/∂θ (∂ℓ/∂θ · v). Exact, and about one and a half times a gradient.
 *
 * Source: Pearlmutter (1994), "Fast exact multiplication by the Hessian", Neural Computation 6.
 */
export function buildHessianProduct(spec: StepSpec): HessianProduct {
  const objective = buildObjective(spec);
  const directions = objective.parameters.map(({ name, shape }) =>
    input(directionName(name), spec.dtype, shape),
  );
  const slope = objective.gradients
    .map((gradient, i) => reduceSum(mul(gradient, directions[i]!)))
    .reduce(add);
  const wrt = objective.parameters.map(({ value }) => value);
  return { objective, directions, products: gradients(slope, wrt) };
}

/** H v added up over micro-batches, one micro-batch an iteration. */
export function hessianProductProgram(spec: StepSpec): ScanProgram {
  const { objective, directions, products } = buildHessianProduct(spec);
  const { parameters, scale } = objective;
  return optimizeScan({
    carried: parameters.map(({ name }, i) => accumulator(productName(name), products[i]!)),
    scanned: visits(objective),
    captured: [
      ...namedParameters(parameters),
      ...parameters.map(({ name }, i) => named(directionName(name), directions[i]!)),
      ...wholeData(objective),
      named("inverseBatch", scale),
    ],
    columns: [],
  });
}

/** The name of the direction in the space of a parameter. */
export function directionName(parameter: string): string {
  return `${parameter}:direction`;
}

/** The name of the part of H v that belongs to a parameter. */
export function productName(parameter: string): string {
  return `${parameter}:product`;
}

/**
 * Squared norm of the gradient of every example, for every parameter, without the gradients themselves.
 * Where z = x Wᵀ + b is the only reader of W and b, the gradients of example i are δᵢ xᵢᵀ and δᵢ with δ = ∂ℓ/∂z, so that
 *
 *     |∂ℓᵢ/∂W|² = |xᵢ|² |δᵢ|²,    |∂ℓᵢ/∂b|² = |δᵢ|²
 *
 * Undefined when a parameter is read in another way (a convolution, shared weights).
 *
 * Source: Goodfellow (2015), "Efficient per-example gradient computations", arXiv 1510.01799, section 4.
 */
export function squaredNormsProgram(spec: StepSpec): ScanProgram | undefined {
  const objective = buildObjective(spec);
  const { parameters, loss } = objective;
  const reads = parameters.map((parameter) => denseRead(parameter, loss));
  if (!reads.every((read) => read !== undefined)) return undefined;
  const cotangents = gradients(
    loss,
    reads.map(({ z }) => z),
  ); // δ, [batch, units]
  return optimizeScan({
    carried: [],
    scanned: visits(objective),
    captured: [...namedParameters(parameters), ...wholeData(objective)],
    columns: reads.map(({ x, factor }, i) => {
      const squares = rowSquares(cotangents[i]!);
      const value = x === undefined ? squares : mul(rowSquares(x), squares);
      return named(parameters[i]!.name, factor === 1 ? value : mul(value, factor ** 2));
    }),
  });
}

/** Where a parameter meets a batch: as W in z = factor · x Wᵀ, or, without x, as b in z = … + factor · b. */
interface DenseRead {
  readonly x: Value | undefined; // [batch, in]
  readonly z: Value; // [batch, units]
  readonly factor: number;
}

function denseRead({ value }: Parameter, loss: Value): DenseRead | undefined {
  const readers = nodesOf([loss]).filter(({ inputs }) => inputs.includes(value));
  const [node] = readers;
  if (node?.op !== "Gemm" || readers.length > 1) return undefined;
  const { inputs, outputs, attributes } = node as unknown as Node<"Gemm">;
  const [x, w, b] = inputs;
  const [z] = outputs;
  if (x === value || (w === value && b === value) || z?.shape[0] !== "batch") return undefined;
  if (b === value)
    return value.shape.length === 1 ? { x: undefined, z, factor: attributes.beta } : undefined;
  return attributes.transA ? undefined : { x, z, factor: attributes.alpha };
}

/** Σ x² of each row; [batch, n] -> [batch] */
const rowSquares = (x: Value): Value => reduceSumSquare(x, { axes: [1] });

const namedParameters = (parameters: readonly Parameter[]): readonly Named[] =>
  parameters.map(({ name, value }) => named(name, value));
