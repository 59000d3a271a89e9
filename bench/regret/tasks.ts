/** @file The tasks that advice is tested on: models, data and targets that people have. */
import { fileURLToPath } from "node:url";
import {
  dense,
  relu,
  sequential,
  take,
  type AdviseOptions,
  type Dataset,
  type Model,
} from "../../src/index.ts";
import { digits, fashionMnist, mnist } from "../../src/datasets.ts";
import { loadFile } from "../../src/files.node.ts";

/** One task. */
export interface Task {
  readonly name: string;
  readonly load: () => Promise<{ readonly training: Dataset; readonly test: Dataset }>;
  readonly model: () => Model;
  readonly optimizer: "sgd" | "adam";
  readonly metric?: "r2";
  /** Undefined: what the pilot of the advice reaches. */
  readonly target: AdviseOptions["target"] | undefined;
}

const mlp = (hidden: number, outputs: number) => () =>
  sequential([dense(hidden), relu(), dense(outputs)]);
const linear = (outputs: number) => () => sequential([dense(outputs)]);
const accuracy = (value: number) => ({ monitor: "accuracy", value });
const table = (name: string, target: string) => () =>
  loadFile(fileURLToPath(new URL(`../../test/fixtures/tables/${name}.csv.gz`, import.meta.url)), {
    target,
  });
/** One of the tables that make-tables.R writes. */
const largerTable = (name: string, target: string) => () =>
  loadFile(fileURLToPath(new URL(`data/${name}.csv`, import.meta.url)), { target });
const some = (rows: number) => async () => {
  const { training, test } = await mnist();
  return {
    training: take(
      training,
      Array.from({ length: rows }, (_, i) => i),
    ),
    test,
  };
};

export const tasks: readonly Task[] = [
  {
    name: "digits, 64–64–10",
    load: () => digits(),
    model: mlp(64, 10),
    optimizer: "sgd",
    target: accuracy(0.95),
  },
  {
    name: "digits, 64–64–10, Adam",
    load: () => digits(),
    model: mlp(64, 10),
    optimizer: "adam",
    target: accuracy(0.95),
  },
  {
    name: "breast cancer, 30–32–2",
    load: table("breast_cancer", "target"),
    model: mlp(32, 2),
    optimizer: "sgd",
    target: undefined,
  },
  {
    name: "wine, softmax regression",
    load: table("wine", "target"),
    model: linear(3),
    optimizer: "sgd",
    target: undefined,
  },
  {
    name: "diabetes (regression), 10–32–1",
    load: table("diabetes", "target"),
    model: mlp(32, 1),
    optimizer: "sgd",
    target: undefined,
  },
  {
    name: "letters, 16–64–26",
    load: largerTable("letters", "lettr"),
    model: mlp(64, 26),
    optimizer: "sgd",
    target: accuracy(0.9),
  },
  {
    name: "diamonds (regression), 26–64–1",
    load: largerTable("diamonds", "price"),
    model: mlp(64, 1),
    optimizer: "sgd",
    metric: "r2",
    target: { monitor: "r2", value: 0.95 },
  },
  {
    name: "MNIST, 6,000 rows, 784–128–10",
    load: some(6000),
    model: mlp(128, 10),
    optimizer: "sgd",
    target: accuracy(0.93),
  },
  {
    name: "MNIST, softmax regression",
    load: () => mnist(),
    model: linear(10),
    optimizer: "sgd",
    target: accuracy(0.915),
  },
  {
    name: "MNIST, 784–128–10",
    load: () => mnist(),
    model: mlp(128, 10),
    optimizer: "sgd",
    target: accuracy(0.97),
  },
  {
    name: "MNIST, 784–128–10, Adam",
    load: () => mnist(),
    model: mlp(128, 10),
    optimizer: "adam",
    target: accuracy(0.97),
  },
  {
    name: "Fashion-MNIST, 784–128–10",
    load: () => fashionMnist(),
    model: mlp(128, 10),
    optimizer: "sgd",
    target: accuracy(0.85),
  },
  {
    name: "satellite, 36–64–6",
    load: largerTable("satellite", "classes"),
    model: mlp(64, 6),
    optimizer: "sgd",
    target: accuracy(0.87),
  },
];
