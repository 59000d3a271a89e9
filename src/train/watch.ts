/** @file What a run does about its evaluations: when they are due, the best one, the target, early stopping, plateaus. */
import type { TrainingData } from "../data/dataset.ts";
import { InputError, show } from "../errors.ts";
import type { Tensor } from "../graph/types.ts";
import type { PlateauState } from "../nn/schedule.ts";
import type { NextEvaluation, WatchState } from "./checkpoint.ts";
import type { RunConfig } from "./run-config.ts";
import type { Position } from "./cursor.ts";
import type { RunEvent } from "./events.ts";
import type { StopReason } from "./stop-reason.ts";
import type { Evaluation, Moment } from "./history.ts";
import { improves, monitorNamed, reaches, type Monitor } from "./monitor.ts";

/** Follows the evaluations of one run. */
export class Watch {
  readonly #config: RunConfig<TrainingData>;
  readonly #monitor: Monitor;
  #next: NextEvaluation | undefined;
  #best: number | undefined;
  #bestParameters: readonly Tensor[] | undefined;
  #waited = 0;
  #plateau: PlateauState | undefined;
  #reached: Moment | undefined;
  #stop: StopReason | undefined;

  /** @param from where a watch stood that is to be gone on with */
  constructor(
    config: RunConfig<TrainingData>,
    from?: WatchState & { readonly bestParameters: readonly Tensor[] | undefined },
  ) {
    this.#config = config;
    this.#monitor = config.earlyStopping?.monitor ?? monitorNamed("valLoss", []);
    const { learningRate } = config.spec.optimizer;
    if (typeof learningRate !== "number") this.#plateau = learningRate.watch?.initial;
    if (from === undefined) return;
    this.#next = from.next;
    this.#best = from.best;
    this.#bestParameters = from.bestParameters;
    this.#waited = from.waited;
    this.#plateau = from.plateau;
    this.#reached = from.reached;
    this.#stop = from.stop;
  }

  /** All but the best parameters. */
  state(): WatchState {
    return {
      next: this.#next,
      best: this.#best,
      waited: this.#waited,
      plateau: this.#plateau,
      reached: this.#reached,
      stop: this.#stop,
    };
  }

  /** Why the run should end now. */
  get stop(): StopReason | undefined {
    return this.#stop;
  }

  /** When the target was reached first. */
  get reached(): Moment | undefined {
    return this.#reached;
  }

  /** The factor that plateaus put on the learning rate. */
  get factor(): number {
    return this.#plateau?.factor ?? 1;
  }

  /** Parameters of the best evaluation, when early stopping restores them. */
  get bestParameters(): readonly Tensor[] | undefined {
    return this.#config.earlyStopping?.restoreBest === true ? this.#bestParameters : undefined;
  }

  /** Bounds of the next evaluation, or of the next loss in which a plateau may show; undefined where there is neither. */
  next(moment: Moment): NextEvaluation | undefined {
    if (this.#config.validation === undefined)
      return this.#plateau && { updates: Infinity, examples: Infinity, epochs: 1 };
    return (this.#next ??= this.#schedule(moment));
  }

  /** Whether the validation data is to be evaluated now. */
  due({ updates, examples }: Moment, { epoch, batch }: Position): boolean {
    const next = this.#next;
    if (next === undefined) return false;
    const epochEnd = batch === 0 && epoch % next.epochs === 0;
    return epochEnd || updates >= next.updates || examples >= next.examples;
  }

  #schedule({ updates, examples, seconds }: Moment): NextEvaluation {
    const every = this.#config.validateEvery;
    const never = { updates: Infinity, examples: Infinity, epochs: Infinity };
    if (typeof every === "function") {
      const wanted = every({ updates, examples, seconds });
      if (typeof wanted !== "number" || Number.isNaN(wanted))
        throw new InputError(`validateEvery must return a number of updates, got ${show(wanted)}`);
      return { ...never, updates: Math.max(updates + 1, Math.ceil(wanted)) };
    }
    const after = (unit: number, now: number) =>
      Math.ceil((Math.floor(now / unit + 1e-9) + 1) * unit);
    if ("updates" in every) return { ...never, updates: after(every.updates, updates) };
    if ("examples" in every) return { ...never, examples: after(every.examples, examples) };
    if (Number.isInteger(every.epochs)) return { ...never, epochs: every.epochs };
    const { size = Infinity } = this.#config.training;
    return { ...never, examples: after(every.epochs * size, examples) };
  }

  /** Takes in an evaluation. */
  evaluated(
    evaluation: Evaluation,
    moment: Moment,
    parameters: readonly Tensor[],
  ): { readonly best: boolean; readonly events: readonly RunEvent[] } {
    this.#next = undefined;
    const best = this.#compare(evaluation, parameters);
    const events = [
      ...this.#checkTarget(evaluation, moment),
      ...this.#checkPlateau("validation", evaluation.loss, moment),
    ];
    const { earlyStopping } = this.#config;
    if (earlyStopping !== undefined && this.#waited >= Math.max(1, earlyStopping.patience))
      this.#stop ??= "earlyStopping";
    return { best, events };
  }

  #compare(evaluation: Evaluation, parameters: readonly Tensor[]): boolean {
    const value = this.#monitor.read(evaluation);
    const { minDelta = 0 } = this.#config.earlyStopping ?? {};
    const best = improves(this.#monitor, value, this.#best, minDelta);
    this.#waited = best ? 0 : this.#waited + 1;
    if (best) {
      this.#best = value;
      this.#bestParameters = parameters;
    }
    return best;
  }

  #checkTarget(evaluation: Evaluation, moment: Moment): readonly RunEvent[] {
    const { target } = this.#config;
    if (target === undefined || this.#reached !== undefined) return [];
    if (!reaches(target.monitor, target.monitor.read(evaluation), target.value)) return [];
    this.#reached = moment;
    if (target.stop) this.#stop ??= "target";
    return [{ type: "target", ...moment, monitor: target.monitor.name, value: target.value }];
  }

  /** Takes in the mean loss of an epoch of training: what a plateau is seen in where there is no validation. */
  epochEnded(loss: number, moment: Moment): readonly RunEvent[] {
    if (this.#config.validation !== undefined) return [];
    return this.#checkPlateau("training", loss, moment);
  }

  #checkPlateau(of: string, loss: number, moment: Moment): readonly RunEvent[] {
    const { learningRate } = this.#config.spec.optimizer;
    if (this.#plateau === undefined || typeof learningRate === "number") return [];
    const before = this.#plateau.factor;
    this.#plateau = learningRate.watch?.next(this.#plateau, loss) ?? this.#plateau;
    const { factor } = this.#plateau;
    if (factor === before) return [];
    const reason = `no better ${of} loss than ${this.#plateau.best.toPrecision(4)}`;
    return [{ type: "learningRate", ...moment, factor, reason }];
  }
}
