/** @file From an error to what stands on standard error, and to the exit code. */
import { CommanderError } from "commander";
import { InputError } from "../errors.ts";

/** Exit codes. */
export const exitCode = {
  done: 0,
  failed: 1,
  wrongCall: 2,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
};

/** The end of a program that could not do what it was asked. */
export interface Failure {
  /** One or two lines, without a stack. */
  readonly text: string;
  readonly exitCode: number;
}

/** What `error` means for the caller of `command`; `options` maps names of the library to those of this command's options. */
export function failureOf(
  error: unknown,
  options: Readonly<Record<string, string>> = {},
  command?: string,
): Failure {
  if (error instanceof CommanderError)
    return { text: `minibatch: ${commanderText(error, command)}`, exitCode: exitCode.wrongCall };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InputError)
    return { text: `minibatch: ${inOptions(message, options)}`, exitCode: exitCode.wrongCall };
  if (isOurs(error))
    return {
      text: `minibatch: ${message.startsWith("internal:") ? message : `internal: ${message}`}\nThis is a fault of minibatch: please report it, with the command and the output of --debug.`,
      exitCode: exitCode.failed,
    };
  return { text: `minibatch: ${inOptions(message, options)}`, exitCode: exitCode.failed };
}

/** Errors that no input should be able to cause. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error.message.startsWith("internal:")) return true;
  return ["TypeError", "RangeError", "ReferenceError", "SyntaxError"].includes(error.name);
}

/** `message` with the option in place of the library's name for it, where that name begins the message. */
export function inOptions(message: string, options: Readonly<Record<string, string>>): string {
  const [name = ""] = /^[A-Za-z]+(\.[A-Za-z]+)?/.exec(message) ?? [];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  return option === undefined ? message : option + message.slice(name.length);
}

/** Commander's message in our form: one line, no `error:` in front, options as they are typed. */
function commanderText({ message }: CommanderError, command: string | undefined): string {
  const [first = "", hint] = message.replace(/^error: /, "").split("\n");
  const plain = first.replace(/'(--?[\w-]+)( [^']*)?'/g, "$1").replace(/'/g, '"');
  const near = /\(Did you mean (.*)\?\)/.exec(hint ?? "")?.[1];
  if (near !== undefined) return `${plain}: did you mean ${near}?`;
  const help = ["see minibatch", command ?? [], "--help"].flat().join(" ");
  const [, name = "", most = "", got = ""] =
    /^too many arguments for "(.*)". Expected (\d+) .* but got (\d+)/.exec(plain) ?? [];
  if (name === "") return `${plain}; ${help}`;
  const some = most === "1" ? "1 argument" : `${most} arguments`;
  return `${name} takes ${some}, got ${got}; values of a list have commas between them and no spaces, such as 1,64; ${help}`;
}
