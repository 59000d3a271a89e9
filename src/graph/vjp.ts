/** @file Vector-Jacobian products of every operator: from the cotangent of its output to those of its inputs. */
import type { VjpRules } from "./vjp/common.ts";
import { elementwiseVjps } from "./vjp/elementwise.ts";
import { linearVjps } from "./vjp/linear.ts";
import { placeVjps } from "./vjp/places.ts";
import { reductionVjps } from "./vjp/reductions.ts";
import { lossVjps } from "./vjp/losses.ts";
import { windowVjps } from "./vjp/windows.ts";

export const vjpRules: VjpRules = {
  ...elementwiseVjps,
  ...linearVjps,
  ...reductionVjps,
  ...placeVjps,
  ...windowVjps,
  ...lossVjps,
};
