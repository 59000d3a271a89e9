/**
 * @file The one seam to ONNX Runtime: the only file that imports it.
 *
 * `#ort` is `onnxruntime-node` in Node and `onnxruntime-web` elsewhere (package.json, "imports").
 * Either can be handed over instead, so that the same bytes run on both in one process.
 */
import type * as Ort from "#ort";
import { InputError, RuntimeError, show } from "../errors.ts";
import type { DType, Tensor, TensorData } from "../graph/types.ts";

/** What both packages export and we use. In words of its own: who installs one of them, or neither, compiles against this without the other's types. */
export interface OrtModule {
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OrtSession>;
  };
  readonly Tensor: new (
    dtype: DType,
    data: TensorData | BigInt64Array,
    shape: readonly number[],
  ) => OrtTensor;
}

interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** Threads inside one operator; 1 by default. Only one open session should have more: idle pools spin. */
  readonly threads?: number;
}

/** A graph that is loaded and ready to run. */
export interface Session {
  /** Runs the graph once. Inputs are not copied; outputs are new arrays. @throws RuntimeError */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

/** Loads graphs. */
export interface Runtime {
  open(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/** ONNX Runtime as installed for this platform. @throws RuntimeError when it is missing, with what to install */
export async function onnxRuntime(): Promise<Runtime> {
  try {
    return runtimeOf(await import("#ort"));
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    throw new RuntimeError(
      "ONNX Runtime could not be loaded. Install it beside minibatch:\n" +
        "npm install onnxruntime-node --ignore-scripts (Node) or npm install onnxruntime-web (browser)",
      { cause: error },
    );
  }
}

/** The variable that official builds of ONNX Runtime look at, once, before they open their first session. */
const reportsOff = "ORT_DISABLE_TELEMETRY";

/**
 * From 1.29 on they report sessions, models and errors to their maker, with an identifier that is kept on disk. A trainer has no business with
 * that: off, unless the user has set the variable.
 */
function sendNoReports(): void {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  if (process?.env !== undefined) process.env[reportsOff] ??= "1";
}

/** A runtime over a given ONNX Runtime module. */
export function runtimeOf(ort: OrtModule): Runtime {
  sendNoReports();
  const { InferenceSession } = Object(ort) as Partial<OrtModule>;
  if (typeof InferenceSession?.create !== "function")
    throw new InputError(`runtimeOf takes the module of ONNX Runtime, got ${show(ort)}`);
  return {
    async open(bytes, { threads = 1 } = {}) {
      const session = await wrap("refused a graph", () =>
        ort.InferenceSession.create(bytes, {
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: "sequential",
          // "all" adds layouts in blocks of channels, which pay with constant weights only: in training, pools are converted to and fro.
          graphOptimizationLevel: "extended",
          logSeverityLevel: 3,
          // Threads of a pool look for work for a while after a run, on cores that others want: who reads rows, and who makes the next call.
          ...(threads > 1 && { extra: { session: { force_spinning_stop: "1" } } }),
        } satisfies Ort.InferenceSession.SessionOptions),
      );
      return {
        async run(feeds) {
          const inputs: Record<string, OrtTensor> = {};
          for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(ort, tensor);
          const outputs = await wrap("failed in a run", () => session.run(inputs));
          return Object.fromEntries(
            Object.entries(outputs).map(([name, value]) => [name, fromOrt(value)]),
          );
        },
        close: () => session.release(),
      };
    },
  };
}

function toOrt(ort: OrtModule, { dtype, shape, data }: Tensor): OrtTensor {
  if (dtype === "int64")
    return new ort.Tensor("int64", BigInt64Array.from(Array.from(data, BigInt)), shape);
  return new ort.Tensor(dtype, data, shape);
}

function fromOrt(value: OrtTensor): Tensor {
  const { type, data, dims } = value;
  if (type === "int64")
    return { dtype: type, shape: dims, data: Float64Array.from(data as BigInt64Array, Number) };
  return { dtype: type as DType, shape: dims, data: data as TensorData };
}

async function wrap<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RuntimeError(`ONNX Runtime ${what}: ${message.trim().split("\n")[0] ?? ""}`, {
      cause: error,
    });
  }
}
