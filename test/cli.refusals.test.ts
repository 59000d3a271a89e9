/** What the terminal program says to a call that is wrong: one or two lines, exit code 2, nothing on standard output. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { minibatch } from "./support/cli.ts";
import { idxBytes } from "./support/idx.ts";

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await minibatch(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^minibatch: [^\n]+\n([^\n]+\n)?$/);
  return stderr.slice("minibatch: ".length).trim();
}

const sizes = (got: string): string =>
  `--batch-sizes must be a whole number from 1 to 1437 (the number of examples) or "full", got ${got}`;
const whole = (option: string, got: string): string =>
  `${option} must be a whole number of at least 1, got "${got}"`;

const calls: readonly (readonly [command: string, message: string])[] = [
  ["compair mnist", 'unknown command "compair": did you mean compare?'],
  ["compare", 'missing required argument "DATA"; see minibatch compare --help'],
  [
    "compare digist",
    'unknown data "digist": did you mean "digits"? Built-in: mnist, fashion-mnist, digits, iris, moons, circles, spirals, linear',
  ],
  ["study digits --claims 13", "--claims must be whole numbers from 1 to 12, got 13"],
  ["study digits --claims one", whole("--claims", "one")],
  ["study digits --seeds 0", whole("--seeds", "0")],
  ["study digits --seconds 0", '--seconds must be a positive number, got "0"'],
  ["compare digits --batch-siez 3", "unknown option --batch-siez: did you mean --batch-sizes?"],
  ["compare digits --batch-sizes 0", sizes("0")],
  ["compare digits --batch-sizes=-1", sizes("-1")],
  ["compare digits --batch-sizes 64,1.5", sizes("1.5")],
  ["compare digits --batch-sizes NaN", sizes("NaN")],
  ["compare digits --batch-sizes 1438", sizes("1438")],
  [
    "train digits --batch-size 0",
    '--batch-size must be a whole number from 1 to 1437 (the number of examples) or "full", got 0',
  ],
  ["train digits --epochs abc", whole("--epochs", "abc")],
  ["train digits --epochs 1e3", whole("--epochs", "1e3")],
  ["train digits --updates 0", whole("--updates", "0")],
  ["train digits --epochs", "option --epochs argument missing; see minibatch train --help"],
  ["compare digits --seconds -1", '--seconds must be a positive number, got "-1"'],
  ["compare digits --learning-rate -0.1", '--learning-rate must be a positive number, got "-0.1"'],
  [
    "compare digits --learning-rate 0.1,0.2",
    "--learning-rate must be one number, or one for each of the 3 batch sizes; got 2",
  ],
  [
    "train digits --model resnet",
    '--model must be linear, mlp: with the units of its hidden layers, such as mlp:128,64, or for images cnn, or cnn: with the channels of its stages, such as cnn:16,32, or an .onnx file; got "resnet"',
  ],
  [
    "train iris --model cnn",
    "--model cnn:16,32 needs images, and iris has rows of shape [4]; give images as [height, width] or [channels, height, width], or a model such as mlp:128",
  ],
  [
    "train digits --optimizer adem",
    '--optimizer must be one of sgd, momentum, nesterov, rmsprop, adagrad, adadelta, adam, adamw, amsgrad; got "adem"',
  ],
  ["train digits --target f1=0.9", '--target must be one of valLoss, accuracy; got "f1"'],
  [
    "compare digits --engine onnx,loops --seconds 1",
    "a budget of seconds (1) gives two engines different numbers of updates: give epochs, updates or examples instead",
  ],
  [
    "train digits --data-folder /tmp",
    "--data-folder goes with mnist and fashion-mnist, not with digits",
  ],
  [
    "compare digits --out package.json",
    "--out: package.json cannot be written to (part of the path is a file); give a folder that can",
  ],
  [
    "train digits --out package.json/run",
    "--out: package.json/run cannot be written to (part of the path is a file); give a folder that can",
  ],
  ["train", 'missing required argument "DATA"; see minibatch train --help'],
  [
    "train digits --no-out --checkpoint-every 5",
    "--checkpoint-every goes with a run folder, not with --no-out",
  ],
  ["train digits --checkpoint-every 0", '--checkpoint-every must be a positive number, got "0"'],
  [
    "train digits --on-divergence pray",
    '--on-divergence must be one of stop, rollback, ignore; got "pray"',
  ],
  ["train --resume no/such/run", "there is no run no/such/run; minibatch runs lists those in runs"],
  [
    "compare digits --batch-sizes 1 64",
    "compare takes 1 argument, got 2; values of a list have commas between them and no spaces, such as 1,64; see minibatch compare --help",
  ],
  ["--nonsense", "unknown option --nonsense; see minibatch --help"],
  [
    "train --resume no/such/run --batch-size 8",
    "--batch-size does not go with --resume: the run goes on with what it was started with; it may be given --epochs, --updates, --examples, --seconds, --checkpoint-every, --on-divergence, --data-folder, --memory",
  ],
  [
    "train --resume no/such/run --out other",
    "--out does not go with --resume: the run stays in its folder",
  ],
];

describe("a wrong call", () => {
  it.concurrent.each(calls)("%s", async (command, message) => {
    expect(await refusal(...command.split(" "))).toBe(message);
  });

  it("without any argument gets the help, on standard error", async () => {
    const { code, stdout, stderr } = await minibatch();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: minibatch/);
  });

  it("shows a stack with --debug only", async () => {
    const { stderr } = await minibatch("train", "digits", "--epochs", "x", "--debug");
    expect(stderr).toMatch(/\n +at /);
  });
});

describe("IDX files", () => {
  const files = {
    "train-images-idx3-ubyte": idxBytes("uint8", [4, 28, 28], new Uint8Array(4 * 784).fill(9)),
    "train-labels-idx1-ubyte": idxBytes("uint8", [4], [0, 1, 2, 9]),
    "t10k-images-idx3-ubyte": idxBytes("uint8", [2, 28, 28], new Uint8Array(2 * 784).fill(7)),
    "t10k-labels-idx1-ubyte": idxBytes("uint8", [2], [3, 4]),
  };
  const withFiles = (changes: Partial<Record<keyof typeof files, Uint8Array>>): string => {
    const folder = mkdtempSync(join(tmpdir(), "minibatch-idx-"));
    for (const [name, bytes] of Object.entries({ ...files, ...changes }))
      writeFileSync(join(folder, name), bytes);
    return folder;
  };
  const train = (folder: string) =>
    [
      "train",
      "mnist",
      "--data-folder",
      folder,
      "--batch-size",
      "2",
      "--json",
      "--quiet",
      "--no-out",
    ] as const;

  it("are read from the folder that is named", async () => {
    const { code, stdout } = await minibatch(...train(withFiles({})));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: { training: 4, validation: 2 }, updates: 2 });
  });

  it("that are missing", async () => {
    expect(await refusal(...train("/no/such/folder"))).toMatch(
      /^MNIST files not found: .*\/no\/such\/folder/,
    );
  });

  it("that are truncated", async () => {
    const images = files["train-images-idx3-ubyte"].subarray(0, 2000);
    const message = await refusal(...train(withFiles({ "train-images-idx3-ubyte": images })));
    expect(message).toMatch(/train-images-idx3-ubyte.*2000|train-images-idx3-ubyte.*truncated/);
  });

  it("that are corrupt", async () => {
    const labels = new TextEncoder().encode("<html>not found</html>");
    const message = await refusal(...train(withFiles({ "t10k-labels-idx1-ubyte": labels })));
    expect(message).toContain("t10k-labels-idx1-ubyte");
  });

  it("whose labels are out of range", async () => {
    const labels = idxBytes("uint8", [4], [0, 1, 2, 10]);
    const message = await refusal(...train(withFiles({ "train-labels-idx1-ubyte": labels })));
    expect(message).toMatch(/label 10 of example 3 is out of range/);
  });
});
