/** @file The passes over a program before it is written, in order. */
import { shareCommon } from "../graph/share.ts";
import type { Value } from "../graph/value.ts";
import { fuse } from "./fuse.ts";
import { simplify } from "./simplify.ts";

/** `outputs` in fewer and cheaper nodes; equal in real numbers, and to rounding in floating point. */
export function optimize(outputs: readonly Value[]): readonly Value[] {
  return fuse(shareCommon(simplify(outputs)));
}
