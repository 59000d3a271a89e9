import { describe, expect, it } from "vitest";
import {
  batchSizeOption,
  fractionOption,
  learningRateOption,
  listOption,
  positiveOption,
  spelledOptions,
  targetOption,
  threadsOption,
  wholeOption,
  wordOption,
} from "./arguments.ts";

describe("wholeOption", () => {
  it("reads digits", () => {
    expect(wholeOption("--epochs", "12")).toBe(12);
    expect(wholeOption("--seed", "0", 0)).toBe(0);
  });

  it.each(["abc", "1e3", "0", "-1", "1.5", "NaN", "", " 3", "0x10", "9007199254740993"])(
    "refuses %j, naming option and value",
    (text) => {
      expect(() => wholeOption("--epochs", text)).toThrow(
        `--epochs must be a whole number of at least 1, got ${JSON.stringify(text)}`,
      );
    },
  );
});

describe("positiveOption", () => {
  it.each([
    ["0.1", 0.1],
    [".5", 0.5],
    ["1e-3", 0.001],
    ["10", 10],
  ])("reads %s", (text, value) => {
    expect(positiveOption("--seconds", text)).toBe(value);
  });

  it.each(["0", "-1", "abc", "NaN", "Infinity", "1,5", "1e999", ""])("refuses %j", (text) => {
    expect(() => positiveOption("--seconds", text)).toThrow(
      `--seconds must be a positive number, got ${JSON.stringify(text)}`,
    );
  });
});

it("fractionOption takes [0, 1)", () => {
  expect(fractionOption("--momentum", "0")).toBe(0);
  expect(fractionOption("--momentum", "0.9")).toBe(0.9);
  expect(() => fractionOption("--momentum", "1")).toThrow("--momentum must be");
});

describe("lists", () => {
  it("splits at commas", () => {
    expect(listOption("--engine", "onnx, loops")).toEqual(["onnx", "loops"]);
    expect(learningRateOption("--learning-rate", "0.1,1e-2")).toEqual([0.1, 0.01]);
    expect(learningRateOption("--learning-rate", "auto")).toBe("auto");
  });

  it("refuses empty entries and negative rates", () => {
    expect(() => listOption("--engine", "onnx,,loops")).toThrow('got "onnx,,loops"');
    expect(() => learningRateOption("--learning-rate", "0.1,-0.1")).toThrow(
      '--learning-rate must be a positive number, got "-0.1"',
    );
  });
});

describe("batchSizeOption", () => {
  it("names the words that it takes", () => {
    const taken = () => batchSizeOption("--batch-size", "half", ["full", "auto"]);
    expect(taken).toThrow(
      '--batch-size must be a number from 1 to the number of examples, or full, or auto; got "half"',
    );
    expect(() => batchSizeOption("--batch-sizes", "half")).toThrow(
      '--batch-sizes must be a number from 1 to the number of examples, or full; got "half"',
    );
    expect(batchSizeOption("--batch-size", "auto", ["full", "auto"])).toBe("auto");
  });

  it("leaves the range to those who know N", () => {
    expect(["full", "64", "0", "-1", "1.5"].map((text) => batchSizeOption("-b", text))).toEqual([
      "full",
      64,
      0,
      -1,
      1.5,
    ]);
  });

  it.each(["all", "1e3", "64x"])("refuses %s", (text) => {
    expect(() => batchSizeOption("--batch-size", text)).toThrow(`got "${text}"`);
  });
});

it("targetOption reads a value, or a name and a value", () => {
  expect(targetOption("--target", "0.97")).toEqual({ monitor: undefined, value: 0.97 });
  expect(targetOption("--target", "valLoss=0.1")).toEqual({ monitor: "valLoss", value: 0.1 });
  for (const wrong of ["accuracy", "accuracy=", "=0.9", "a=b=1"])
    expect(() => targetOption("--target", wrong)).toThrow(`got ${JSON.stringify(wrong)}`);
});

it("wordOption and threadsOption name what is legal", () => {
  expect(wordOption("--optimizer", "AdamW", ["adam", "adamw"])).toBe("adamw");
  expect(() => wordOption("--optimizer", "adem", ["adam", "adamw"])).toThrow(
    '--optimizer must be one of adam, adamw; got "adem"',
  );
  expect(threadsOption("--threads", "auto")).toBe("auto");
  expect(threadsOption("--threads", "64")).toBe(64);
  expect(() => threadsOption("--threads", "many")).toThrow("or auto");
  expect(() => threadsOption("--threads", "5000")).toThrow(
    /^--threads must be at most \d+ on this machine of \d+ cores, got 5000$/,
  );
});

it("spelledOptions accepts other spellings of names and leaves values alone", () => {
  expect(
    spelledOptions(
      ["train", "my_Data", "--batchSize=4", "--data_folder", "A_b", "--engines", "x"],
      {
        engines: "engine",
      },
    ),
  ).toEqual(["train", "my_Data", "--batch-size=4", "--data-folder", "A_b", "--engine", "x"]);
});
