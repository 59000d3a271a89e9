/** @file What a run works with. */
import type { Engine } from "../runtime/engine.ts";
import type { Runtime } from "../runtime/ort.ts";
import type { Evaluator } from "./evaluator.ts";
import type { OpenProbe } from "./probe.ts";
import type { Visits } from "./visits.ts";

/** What a run works with beside its configuration. */
export interface Tools {
  readonly engine: Engine;
  readonly visits: Visits;
  /** Evaluates on the validation data, where there is any. */
  readonly evaluator: Evaluator | undefined;
  readonly probe: OpenProbe | undefined;
  readonly signal: AbortSignal | undefined;
  readonly runtime: Runtime | undefined;
}
