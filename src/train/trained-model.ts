/** @file A trained model: its parameters by name, and what can be done with them. */
import { onnxModel } from "../compile/export.ts";
import type {
  Column,
  ColumnLayout,
  Dataset,
  StoredDataset,
  TrainingData,
} from "../data/dataset.ts";
import { InputError } from "../errors.ts";
import { sizeOf, type Tensor } from "../graph/types.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Runtime } from "../runtime/ort.ts";
import { checkDataset, checkTargets } from "./check.ts";
import { checkAlike } from "./config-data.ts";
import type { RunConfig } from "./run-config.ts";
import type { Evaluation } from "./history.ts";
import { openEngine, type EngineConfig } from "./engines.ts";
import { evaluateOn } from "./evaluator.ts";

/** A model with its parameters. */
export interface TrainedModel {
  /** The layers, as text. */
  readonly text: string;
  /** By name, laid out as in PyTorch: `0.weight` [out, in], `0.bias` [out]. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Outputs of the model on rows stored like the training data: [rows, ...]. @throws InputError when the rows do not fit */
  readonly predict: (x: Column["data"] | Column) => Promise<Tensor>;
  /** Mean loss and metrics on a data set. @throws InputError (as a rejection) when its rows or labels do not fit */
  readonly evaluate: (data: Dataset | StoredDataset) => Promise<Evaluation>;
  /**
   * The model as an ONNX file (opset 22), for any runtime: input `x` [batch, …] as the training data is stored (bytes stay bytes, the
   * scale is in the graph), output `output` [batch, …] as `predict` gives it; dropout is off, parameters are initializers by name.
   *
   * Its `metadata_props` hold `task`, `classes` (a JSON list), `data`, `input` (dtype, shape and scale of a row, JSON), `output`
   * (shape of a row), `dtype` and `activation`: `softmax` or `sigmoid` of the output are probabilities, `identity` is none. `metadata` adds to them.
   *
   * @throws InputError for parameters of 2 GiB and more, and for an operator without a kernel in the dtype
   * @example
   * const { model } = await train(mlp, training).result;
   * await writeFile("model.onnx", model.toOnnx());
   */
  readonly toOnnx: (metadata?: Readonly<Record<string, string>>) => Uint8Array;
}

const arrayNames: Readonly<Record<ColumnLayout["dtype"], string>> = {
  uint8: "Uint8Array",
  int32: "Int32Array",
  float32: "Float32Array",
  float64: "Float64Array",
};

/** `parameters` as a model that predicts and evaluates. */
export function trainedModel(
  config: EngineConfig & Pick<RunConfig<TrainingData>, "model" | "training">,
  parameters: Readonly<Record<string, Tensor>>,
  runtime?: Runtime,
): TrainedModel {
  const values = Object.values(parameters);
  const { spec, training } = config;
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
    evaluate: async (data) => {
      checkDataset("evaluate: the data", data);
      checkAlike("evaluate: the data", training, data);
      checkTargets("evaluate: the data", data, spec);
      return withEngine((engine) => evaluateOn(config, engine, values, data));
    },
    toOnnx: (metadata) => onnxModel(spec, parameters, { ...facts(training), ...metadata }),
  };
}

/** What a reader of the outputs must know of the data. */
function facts({
  name,
  task,
  classes,
}: Pick<Dataset, "name" | "task" | "classes">): Readonly<Record<string, string>> {
  return { data: name, task, ...(classes && { classes: JSON.stringify(classes) }) };
}
