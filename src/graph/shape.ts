/** @file Output shapes and dtypes of every operator, inferred as the graph is built. */
import type { ShapeRules } from "./shape/common.ts";
import { elementwiseShapes } from "./shape/elementwise.ts";
import { linearShapes } from "./shape/linear.ts";
import { placeShapes } from "./shape/places.ts";
import { reductionShapes } from "./shape/reductions.ts";
import { lossShapes } from "./shape/losses.ts";
import { windowShapes } from "./shape/windows.ts";

export const shapeRules: ShapeRules = {
  ...elementwiseShapes,
  ...linearShapes,
  ...reductionShapes,
  ...placeShapes,
  ...windowShapes,
  ...lossShapes,
};
