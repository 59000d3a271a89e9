/** @file `--schedule` and `--warmup`: how the learning rate changes along a run. */
import { InputError, show } from "../errors.ts";
import * as schedules from "../nn/schedules.ts";
import type { Schedule } from "../nn/schedule.ts";
import { numberIn, positiveOption, wordOption } from "./arguments.ts";
import { definedOnly } from "./records.ts";

/** Names that `--schedule` takes. */
const names = [
  "constant",
  "cosine",
  "linear",
  "polynomial",
  "one-cycle",
  "step",
  "exponential",
  "inverse-time",
  "plateau",
] as const;
export type ScheduleName = (typeof names)[number];

/** A schedule that waits for its learning rate. */
export interface ScheduleArgument {
  readonly name: ScheduleName;
  /** `schedule step:10, warm-up 2 epochs` */
  readonly text: string;
  /** Whether it takes the whole run, whose budget must then be one of epochs, updates or examples. */
  readonly wholeRun: boolean;
  readonly make: (learningRate: number) => Schedule;
}

/** A number that may stand behind the name of a schedule. */
interface Parameter {
  readonly name: string;
  /** What is accepted, in words. */
  readonly range: string;
  readonly accepts: (value: number) => boolean;
}

/** One schedule of the command line. */
interface Kind {
  readonly parameters: readonly Parameter[];
  /** How many of them must be given. */
  readonly required: number;
  readonly wholeRun: boolean;
  readonly make: (learningRate: number, numbers: readonly (number | undefined)[]) => Schedule;
}

const positive = (name: string): Parameter => ({
  name,
  range: "a positive number",
  accepts: (value) => value > 0 && Number.isFinite(value),
});
const below1 = (name: string): Parameter => ({
  name,
  range: "a number above 0 and below 1",
  accepts: (value) => value > 0 && value < 1,
});
const whole = (name: string): Parameter => ({
  name,
  range: "a whole number of at least 0",
  accepts: (value) => Number.isSafeInteger(value) && value >= 0,
});

const epoch = { epochs: 1 } as const;

const kinds: Readonly<Record<ScheduleName, Kind>> = {
  constant: {
    parameters: [],
    required: 0,
    wholeRun: false,
    make: (rate) => schedules.constant(rate),
  },
  cosine: {
    parameters: [],
    required: 0,
    wholeRun: true,
    make: (rate) => schedules.cosine(rate),
  },
  linear: {
    parameters: [],
    required: 0,
    wholeRun: true,
    make: (rate) => schedules.polynomial(rate),
  },
  polynomial: {
    parameters: [positive("power")],
    required: 0,
    wholeRun: true,
    make: (rate, [power]) => schedules.polynomial(rate, definedOnly({ power })),
  },
  "one-cycle": {
    parameters: [below1("rise")],
    required: 0,
    wholeRun: true,
    make: (rate, [rise]) => schedules.oneCycle(rate, definedOnly({ rise })),
  },
  step: {
    parameters: [positive("epochs"), positive("factor")],
    required: 1,
    wholeRun: false,
    make: (rate, [epochs = 1, factor]) =>
      schedules.stepDecay(rate, { every: { epochs }, ...definedOnly({ factor }) }),
  },
  exponential: {
    parameters: [positive("factor")],
    required: 1,
    wholeRun: false,
    make: (rate, [factor = 1]) => schedules.exponential(rate, { factor, every: epoch }),
  },
  "inverse-time": {
    parameters: [positive("decay")],
    required: 0,
    wholeRun: false,
    make: (rate, [decay]) =>
      schedules.inverseTime(rate, { every: epoch, ...definedOnly({ decay }) }),
  },
  plateau: {
    parameters: [whole("patience"), below1("factor")],
    required: 0,
    wholeRun: false,
    make: (rate, [patience, factor]) =>
      schedules.onPlateau(rate, definedOnly({ patience, factor })),
  },
};

/** The names with what may stand behind them: `step:EPOCHS[,FACTOR]`. */
export const scheduleForms: string = names.map(formOf).join(", ");

/**
 * `cosine`, `one-cycle`, `step:10,0.5` (every 10 epochs times 0.5), `exponential:0.95` (an epoch), with `warmup` epochs of linear rise before.
 * Undefined where neither is given.
 *
 * @throws InputError naming the option and the value
 * @example parseSchedule("step:10,0.5", undefined)?.make(0.1) // stepDecay(0.1, { every: { epochs: 10 }, factor: 0.5 })
 */
export function parseSchedule(
  text: string | undefined,
  warmup: string | undefined,
): ScheduleArgument | undefined {
  if (text === undefined && warmup === undefined) return undefined;
  const [word = "", rest] = (text ?? "constant").split(/:(.*)/s, 2);
  const name = wordOption("--schedule", word, names);
  const kind = kinds[name];
  const numbers = rest === undefined ? [] : rest.split(",");
  if (numbers.length > kind.parameters.length || numbers.length < kind.required)
    throw new InputError(`--schedule must be ${formOf(name)}, got ${show(text)}`);
  const values = kind.parameters
    .slice(0, numbers.length)
    .map(({ name: what, range, accepts }, i) => {
      const value = numberIn((numbers[i] ?? "").trim());
      if (accepts(value)) return value;
      throw new InputError(`--schedule ${name}: ${what} must be ${range}, got ${show(text)}`);
    });
  const { wholeRun } = kind;
  const make = (rate: number): Schedule => kind.make(rate, values);
  if (warmup === undefined) return { name, wholeRun, make, text: `schedule ${text}` };
  if (name === "one-cycle")
    throw new InputError("--warmup does not go with --schedule one-cycle, which rises by itself");
  const epochs = positiveOption("--warmup", warmup);
  return {
    name,
    wholeRun,
    make: (rate) => schedules.warmup(make(rate), { over: { epochs } }),
    text: `${text === undefined ? "" : `schedule ${text}, `}warm-up ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`,
  };
}

/** @throws InputError for a schedule over the whole run where the budget does not say how long it is */
export function requireLength(
  schedule: ScheduleArgument | undefined,
  { epochs, updates, examples }: Readonly<Record<"epochs" | "updates" | "examples", unknown>>,
): void {
  if (schedule?.wholeRun !== true) return;
  if ([epochs, updates, examples].some((bound) => bound !== undefined)) return;
  throw new InputError(
    `--schedule ${schedule.name} takes the whole run, and seconds do not say how long it is; give --epochs, --updates or --examples`,
  );
}

/** `step:EPOCHS[,FACTOR]` */
function formOf(name: ScheduleName): string {
  const { parameters, required } = kinds[name];
  const behind = parameters.reduceRight((rest, parameter, i) => {
    const text = `${i === 0 ? ":" : ","}${parameter.name.toUpperCase()}${rest}`;
    return i < required ? text : `[${text}]`;
  }, "");
  return `${name}${behind}`;
}
