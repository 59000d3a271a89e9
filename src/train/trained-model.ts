/** @file A trained model: its parameters by name, and what can be done with them. */
import type { Column, ColumnLayout, Dataset, StoredDataset } from "../data/dataset.ts";
import { InputError } from "../errors.ts";
import { sizeOf, type Tensor } from "../graph/types.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Runtime } from "../runtime/ort.ts";
import type { RunConfig } from "./config.ts";
import type { Evaluation } from "./history.ts";
import { evaluateOn, openEngine, type EngineConfig } from "./engines.ts";

/** A model with its parameters. */
export interface TrainedModel {
  /** The layers, as text. */
  readonly text: string;
  /** By name, laid out as in PyTorch: `0.weight` [out, in], `0.bias` [out]. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Outputs of the model on rows stored like the training data: [rows, ...]. @throws InputError when the rows do not fit */
  readonly predict: (x: Column["data"] | Column) => Promise<Tensor>;
  /** Mean loss and metrics on a data set. */
  readonly evaluate: (data: Dataset | StoredDataset) => Promise<Evaluation>;
}

const arrayNames: Readonly<Record<ColumnLayout["dtype"], string>> = {
  uint8: "Uint8Array",
  int32: "Int32Array",
  float32: "Float32Array",
  float64: "Float64Array",
};

/** `parameters` as a model that predicts and evaluates. */
export function trainedModel(
  config: EngineConfig & Pick<RunConfig, "model">,
  parameters: Readonly<Record<string, Tensor>>,
  runtime?: Runtime,
): TrainedModel {
  const values = Object.values(parameters);
  const { spec } = config;
  const withEngine = async <T>(work: (engine: Engine) => Promise<T>): Promise<T> => {
    const engine = await openEngine({ ...config, threads: 1 }, runtime);
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  };
  return {
    text: config.model.kind,
    parameters,
    predict: (x) => {
      const column: Column = "data" in x && "shape" in x ? x : { data: x, shape: spec.x.shape };
      const width = sizeOf(spec.x.shape);
      const size = column.data.length / width;
      const wanted = arrayNames[spec.x.dtype];
      if (!Number.isInteger(size) || size === 0 || column.data.constructor.name !== wanted)
        throw new InputError(
          `predict: x must be a ${wanted} with rows of ${width} numbers, got ${column.data.constructor.name} of ${column.data.length}`,
        );
      return withEngine((engine) => engine.predict(values, column, size));
    },
    evaluate: (data) => withEngine((engine) => evaluateOn(config, engine, values, data)),
  };
}
