/** @file The engines of the benchmark: their programs, what they can do and how they are installed. */
import { spawnSync } from "node:child_process";
import { installed } from "./packages.ts";

/** One engine, run as a child process of its own for every measurement. */
export interface Engine {
  readonly name: string;
  readonly title: string;
  /** The program under `engines/`; `.py` runs under Python. */
  readonly program: string;
  readonly carrier?: "Loop" | "Scan";
  /** Packages it needs: of `bench/package.json`, or a Python module. */
  readonly packages?: readonly string[];
  readonly python?: { readonly module: string; readonly install: string };
  /** It uses one thread, whatever it is asked. */
  readonly oneThread?: true;
  /** It knows batch size 1 only. */
  readonly oneExample?: true;
}

/** All engines, ours first. */
export const engines: readonly Engine[] = [
  { name: "minibatch", title: "minibatch", program: "minibatch.ts" },
  { name: "loop", title: "ONNX by hand, Loop", program: "floor.ts", carrier: "Loop" },
  { name: "scan", title: "ONNX by hand, Scan", program: "floor.ts", carrier: "Scan" },
  {
    name: "pytorch",
    title: "PyTorch",
    program: "pytorch.py",
    python: { module: "torch", install: "apt-get install python3-torch" },
  },
  {
    name: "scikit-learn",
    title: "scikit-learn",
    program: "scikit-learn.py",
    python: { module: "sklearn", install: "apt-get install python3-sklearn" },
  },
  {
    name: "jax-js",
    title: "jax-js",
    program: "jax-js.ts",
    packages: ["@jax-js/jax"],
    oneThread: true,
  },
  {
    name: "tfjs",
    title: "TensorFlow.js",
    program: "tfjs.ts",
    packages: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
    oneThread: true,
  },
  {
    name: "brain-js",
    title: "brain.js",
    program: "brain-js.ts",
    packages: ["brain.js"],
    oneThread: true,
    oneExample: true,
  },
];

/** The yardstick: the machine's rate of large matrix products. */
export const matmul: Engine = { name: "matmul", title: "MatMul 1024³", program: "matmul.ts" };

const interpreters = ["/usr/bin/python3", "python3"];

/** The Python that has a module, or `undefined`. */
export function pythonWith(module: string): string | undefined {
  const probe = `import importlib.util,sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`;
  return interpreters.find((python) => spawnSync(python, ["-c", probe]).status === 0);
}

/** How to install what an engine lacks, or `undefined` when it is ready. */
export function missing({ packages = [], python }: Engine): string | undefined {
  if (!installed(packages)) return "npm ci --prefix bench";
  if (python !== undefined && pythonWith(python.module) === undefined) return python.install;
  return undefined;
}
