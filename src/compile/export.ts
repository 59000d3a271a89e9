/** @file A trained model as an ONNX file: the prediction graph with its parameters inside. */
import { InputError } from "../errors.ts";
import { writeModel, type Program } from "../graph/onnx/write.ts";
import type { Tensor } from "../graph/types.ts";
import { predictionProgram } from "./programs.ts";
import type { StepSpec } from "./spec.ts";

/** What turns the outputs of a model into probabilities; `identity` where they are values already. */
export type Activation = "softmax" | "sigmoid" | "identity";

/** The activation that the loss of a model has in it: the model itself ends with logits. */
export function activationOf({ loss }: Pick<StepSpec, "loss">): Activation {
  if (loss.name === "crossEntropy") return "softmax";
  return loss.name === "binaryCrossEntropy" ? "sigmoid" : "identity";
}

/** Protocol Buffers count the bytes of a message in 31 bits. */
const mostBytes = 2 ** 31 - 1;

/**
 * ONNX bytes of the prediction graph: `x` [batch, …] as the data is stored, scaled inside, to `output` [batch, …]; the parameters are
 * initializers under their names.
 *
 * @throws InputError for parameters of 2 GiB and more, and for an operator without a kernel in the dtype (Erf in float64)
 */
export function onnxModel(
  spec: StepSpec,
  parameters: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const size = Object.values(parameters).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (size >= mostBytes)
    throw new InputError(
      `an ONNX file holds less than 2 GiB, the parameters take ${(size / 2 ** 30).toFixed(1)} GiB`,
    );
  const program = withParameters(predictionProgram(spec), parameters);
  return writeModel(program, {
    ...metadata,
    input: JSON.stringify(spec.x),
    output: JSON.stringify(program.outputs[0]?.value.shape.slice(1)),
    dtype: spec.dtype,
    activation: activationOf(spec),
  });
}

function withParameters(
  { inputs, outputs }: Program,
  parameters: Readonly<Record<string, Tensor>>,
): Program {
  return {
    inputs: inputs.filter(({ name }) => parameters[name] === undefined),
    outputs,
    fixed: inputs.flatMap(({ name, value }) => {
      const tensor = parameters[name];
      return tensor === undefined ? [] : [{ name, value, tensor }];
    }),
  };
}
