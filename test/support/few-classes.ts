/** @file The least that options can be tried on: twelve examples of three classes, and a model for them. */
import { dense, fromArrays, sequential } from "../../src/index.ts";

export const data = fromArrays(
  Array.from({ length: 12 }, (_, i) => [i % 3, i / 10]),
  Array.from({ length: 12 }, (_, i) => i % 3),
);
export const model = sequential([dense(3)]);
