/** @file The message of a refusal. */
import { expect } from "vitest";
import { InputError } from "../../src/index.ts";

/** The message of the InputError that `call` throws. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  return "(nothing was thrown)";
}
