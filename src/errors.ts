/** @file The error classes users meet, and `invariant` for the faults that are ours. */

/** Something the caller passed is wrong: the message says what was wrong, what was expected and what to do. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}

/** Shapes or dtypes do not fit an operator: names the operator, the shapes and, inside a model, the layer. */
export class ShapeError extends InputError {
  override readonly name = "ShapeError";
}

/** A file or built-in data set is missing, truncated or corrupt: names the file and the place. */
export class DataError extends InputError {
  override readonly name = "DataError";
}

/** ONNX Runtime is missing, or refused a graph or a run. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
}

/** Holds what must be true if our own code is right. @throws Error starting with `internal:` */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}

/** `value` when it is a positive finite number. @throws InputError `name must be a positive number, got -0.1` */
export function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new InputError(`${name} must be a positive number, got ${show(value)}`);
}

/** `value` when it is finite and at least 0. @throws InputError */
export function nonNegative(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InputError(`${name} must be a number of at least 0, got ${show(value)}`);
}

/** `value` when it is an integer of at least `least` (default 1). @throws InputError */
export function wholeNumber(name: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${name} must be a whole number of at least ${least}, got ${show(value)}`);
}

/** `value` when it lies in [0, 1). @throws InputError */
export function fraction(name: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < 1) return value;
  throw new InputError(`${name} must be at least 0 and below 1, got ${show(value)}`);
}

/** `value` when it is a finite number. @throws InputError */
export function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new InputError(`${name} must be a finite number, got ${show(value)}`);
}

/** `value` when it is true or false: nothing else stands for them. @throws InputError */
export function flag(name: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw new InputError(`${name} must be true or false, got ${show(value)}`);
}

/** `value` when it is text. @throws InputError */
export function text(name: string, value: string): string {
  if (typeof value === "string") return value;
  throw new InputError(`${name} must be text, got ${show(value)}`);
}

/** `value` when it is an array, of which `example` is one. @throws InputError */
export function list<T>(name: string, value: readonly T[], example: string): readonly T[] {
  if (Array.isArray(value)) return value as readonly T[];
  throw new InputError(`${name} must be an array, such as ${example}, got ${show(value)}`);
}

/** `value` when it has the function `method`, by which `what` is known. @throws InputError */
export function having<T>(name: string, value: T, method: keyof T & string, what: string): T {
  // Arrays have functions such as fill, and are nothing that somebody made.
  if (!Array.isArray(value) && typeof (value as T | null)?.[method] === "function") return value;
  const hint = typeof value === "function" ? "; call it" : "";
  throw new InputError(`${name} must be ${what}, got ${show(value)}${hint}`);
}

/** `value` when it can stop something. @throws InputError for what never does, such as the AbortController itself */
export function stoppable(value: AbortSignal | undefined): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  const hint = (value as unknown) instanceof AbortController ? "; give its signal" : "";
  throw new InputError(`signal must be an AbortSignal, got ${show(value)}${hint}`);
}

/** Whether `error` is how work ends that `signal` stopped before it had anything. */
export function isStop(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** `value` when it is one of `allowed`. @throws InputError naming the legal set */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new InputError(`${name} must be one of ${allowed.join(", ")}; got ${show(value)}`);
}

/** `value` when it is an object with properties, which arrays are not. @throws InputError */
export function object<T>(name: string, value: T, what = "an object"): T {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new InputError(`${name} must be ${what}, got ${show(value)}`);
}

/** Refuses options that do not exist. @throws InputError naming the one that is not known, and all that are */
export function knownOptions(of: string, options: object, names: readonly string[]): void {
  object(`the options of ${of}`, options);
  for (const name of Object.keys(options)) oneOf(`option of ${of}`, name, names);
}

/** A received value as it reads in an error message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  return String(value);
}
