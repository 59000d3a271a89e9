import { expect, it } from "vitest";
import { DataError, InputError, RuntimeError } from "../errors.ts";
import { failureOf, inOptions } from "./failure.ts";

it("tells wrong calls from failed work", () => {
  expect(failureOf(new InputError("epochs must be positive"))).toEqual({
    text: "minibatch: epochs must be positive",
    exitCode: 2,
  });
  expect(failureOf(new DataError("x is truncated")).exitCode).toBe(2);
  expect(failureOf(new RuntimeError("ONNX Runtime failed"))).toEqual({
    text: "minibatch: ONNX Runtime failed",
    exitCode: 1,
  });
});

it("asks for a report of our own faults", () => {
  for (const error of [new Error("internal: no parameters"), new TypeError("no parameters")]) {
    const { text, exitCode } = failureOf(error);
    expect(text).toMatch(/^minibatch: internal: no parameters\n.*please report it/);
    expect(exitCode).toBe(1);
  }
});

it("speaks of options where the library speaks of its own names", () => {
  const options = { batchSize: "--batch-size", "target.value": "--target" };
  expect(inOptions("batchSize must be 1", options)).toBe("--batch-size must be 1");
  expect(inOptions("target.value must be 1", options)).toBe("--target must be 1");
  expect(inOptions("batchSizes must be 1", options)).toBe("batchSizes must be 1");
  expect(inOptions("constructor must be 1", options)).toBe("constructor must be 1");
});
