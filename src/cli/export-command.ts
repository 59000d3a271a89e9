/** @file `minibatch export`: the model of a run in a file of its own, for other programs. */
import { basename, dirname, resolve } from "node:path";
import { writeSafetensors } from "../data/arrays/safetensors.ts";
import { InputError } from "../errors.ts";
import { readMetadata } from "../graph/onnx/metadata.ts";
import { readParameters } from "../graph/onnx/parameters.ts";
import type { Tensor } from "../graph/types.ts";
import { formats } from "../report/format.ts";
import { runFolderFiles } from "../train/run-folder/names.ts";
import { printJson, requireWritable, writeWhole } from "./output.ts";
import type { ModelFile } from "./predict/model-file.ts";
import { modelOfRun } from "./predict/run-model.ts";
import { progressOn } from "./progress.ts";
import { runPath } from "./runs/stored-run.ts";
import type { RawOptions } from "./raw-options.ts";

/** Formats, and what stands in a file of each. */
const kinds = {
  onnx: ({ bytes }: ModelFile): Uint8Array => bytes,
  safetensors: parametersOf,
} as const;
type Kind = keyof typeof kinds;

/** A file to write. */
interface Wanted {
  readonly kind: Kind;
  readonly file: string;
}

const { count } = formats("en");

/** Runs the command. @throws InputError for a call without a file to write, or with one that is of the run itself; RuntimeError */
export async function exportCommand(run: string, options: RawOptions): Promise<void> {
  const files = wantedFiles(run, options);
  const progress = progressOn(process.stderr, options["quiet"] === true);
  const { model, notes } = await modelOfRun(run, "exporting");
  for (const note of notes) progress.note(note);
  const written = files.map(({ kind, file }) => {
    const bytes = kinds[kind](model);
    writeWhole(file, bytes);
    return { kind, file, bytes: bytes.length };
  });
  const parameters = Object.entries(readParameters(model.bytes, model.source));
  const shapes = parameters.map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
  if (options["json"] === true) {
    printJson({ run, model: model.source, files: written, parameters: shapes });
    return;
  }
  for (const { file, bytes } of written)
    process.stdout.write(`${file}: ${count(bytes)} bytes, ${contents(parameters)}\n`);
}

/** @throws InputError */
function wantedFiles(run: string, options: RawOptions): readonly Wanted[] {
  const files = (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const file = options[kind];
    return typeof file === "string" ? [{ kind, file }] : [];
  });
  if (files.length === 0)
    throw new InputError("give a file to write: --onnx FILE, --safetensors FILE, or both");
  if (new Set(files.map(({ file }) => resolve(file))).size < files.length)
    throw new InputError(`--onnx and --safetensors must be two files, got ${files[0]?.file} twice`);
  const folder = resolve(runPath(run));
  for (const { kind, file } of files) {
    const isOwn = Object.values<string>(runFolderFiles).includes(basename(file));
    if (resolve(file) === folder || (isOwn && resolve(dirname(file)) === folder))
      throw new InputError(`--${kind}: ${file} is of the run itself; give another file`);
    requireWritable(`--${kind}`, file);
  }
  return files;
}

/** The parameters, with what the model says of itself; `format` tells readers that they are laid out as in PyTorch. */
function parametersOf({ bytes, source }: ModelFile): Uint8Array {
  return writeSafetensors(readParameters(bytes, source), {
    format: "pt",
    ...readMetadata(bytes, source),
  });
}

/** `4 parameters: 0.weight [128, 4], …`. */
function contents(parameters: readonly (readonly [string, Tensor])[]): string {
  const few = parameters.slice(0, 8).map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
  const more = parameters.length > few.length ? [`${parameters.length - few.length} more`] : [];
  return `${parameters.length} parameters: ${[...few, ...more].join(", ")}`;
}
