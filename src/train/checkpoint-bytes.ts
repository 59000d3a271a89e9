/**
 * @file A checkpoint as the bytes of a safetensors file: tensors under their names, all else as JSON in `__metadata__`, and a checksum
 * over the whole file.
 */
import { crc32 } from "../data/arrays/crc32.ts";
import {
  parseSafetensors,
  writeSafetensors,
  type TensorToWrite,
} from "../data/arrays/safetensors.ts";
import { DataError, InputError, invariant, object, show } from "../errors.ts";
import type { Tensor } from "../graph/types.ts";
import { isCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { fromExactJson, toExactJson } from "./exact-json.ts";
import * as columns from "./history-columns.ts";
import type { UpdateColumns } from "./history.ts";
import type { RecordSpan } from "./run-folder/update-records.ts";

/** What belongs to a checkpoint in the files beside it, where a run folder keeps the columns of the updates. */
export interface FilesBeside {
  /** Of `updates.bin`: its first bytes, their CRC-32, and the records among them that count. */
  readonly updates: {
    readonly bytes: number;
    readonly crc32: number;
    readonly spans: readonly RecordSpan[];
  };
  /** Of `history.jsonl`: its first bytes, and their CRC-32. */
  readonly history: { readonly bytes: number; readonly crc32: number };
}

export interface EncodeOptions {
  /** Leaves the columns of the updates out of the bytes, which then hold where they are. */
  readonly beside?: FilesBeside;
}

/** What the bytes of a checkpoint hold. */
export interface DecodedCheckpoint {
  /** The columns of its updates are empty when they lie beside it. */
  readonly checkpoint: Checkpoint;
  readonly beside: ColumnsBeside | undefined;
}

export interface ColumnsBeside extends FilesBeside {
  /** Whether norms of gradients are among the columns. */
  readonly gradientNorm: boolean;
}

/** What stands in the metadata: all of a checkpoint but its arrays. */
interface Header extends Omit<
  Checkpoint,
  "parameters" | "slots" | "bestParameters" | "history" | "version"
> {
  readonly version: number;
  /** Names in the order of the records. */
  readonly parameters: readonly string[];
  readonly slots: readonly string[];
  readonly bestParameters: readonly string[] | null;
  readonly open: Checkpoint["history"]["open"];
  readonly beside: ColumnsBeside | null;
}

const prefix = { slots: "optimizer/", best: "best/", history: "history/" } as const;

/** The header begins with the checksum, so that it is found before anything is believed. */
const opening = `{"__metadata__":{"crc32":"`;
const noChecksum = "00000000";

/**
 * The bytes of a checkpoint: a safetensors file with the parameters under their own names, the optimizer's slots under `optimizer/…`, the
 * parameters of the best evaluation under `best/…` and the columns of the history under `history/…`.
 *
 * @throws InputError for a parameter whose name begins like one of these
 * @example await writeFile("checkpoint.safetensors", encodeCheckpoint(event.checkpoint));
 */
export function encodeCheckpoint(checkpoint: Checkpoint, options: EncodeOptions = {}): Uint8Array {
  const { beside } = object("the options of encodeCheckpoint", options);
  if (!isCheckpoint(checkpoint))
    throw new InputError(`expected the checkpoint of an event, got ${show(checkpoint)}`);
  const { parameters, slots, bestParameters, history, ...plain } = checkpoint;
  refusePrefixes(Object.keys(parameters));
  const gradientNorm = history.updates.gradientNorm !== undefined;
  const header: Header = {
    ...plain,
    parameters: Object.keys(parameters),
    slots: Object.keys(slots),
    bestParameters: bestParameters === undefined ? null : Object.keys(bestParameters),
    open: history.open,
    beside: beside === undefined ? null : { ...beside, gradientNorm },
  };
  const tensors = {
    ...named("", parameters),
    ...named(prefix.slots, slots),
    ...named(prefix.best, bestParameters ?? {}),
    ...flat("", beside === undefined ? columns.columnsOfUpdates(history.updates) : {}),
    ...flat("epochs/", columns.columnsOfEpochs(history.epochs)),
    ...flat("evaluations/", columns.columnsOfEvaluations(history.evaluations)),
  };
  const bytes = writeSafetensors(tensors, { crc32: noChecksum, checkpoint: toExactJson(header) });
  bytes.set(new TextEncoder().encode(hex(crc32(bytes))), 8 + opening.length);
  return bytes;
}

/**
 * The checkpoint that {@link encodeCheckpoint} made the bytes of. Any changed bit and any missing byte is noticed.
 *
 * @param source where the bytes come from, for errors
 * @throws DataError when they are no checkpoint, cut, damaged, of a later format, or without the columns of the updates
 * @example const run = train(model, data, { ...options, resume: decodeCheckpoint(await readFile("checkpoint.safetensors")) });
 */
export function decodeCheckpoint(bytes: Uint8Array, source = "checkpoint"): Checkpoint {
  if (!((bytes as unknown) instanceof Uint8Array))
    throw new InputError(`a checkpoint is decoded from a Uint8Array, got ${show(bytes)}`);
  const { checkpoint, beside } = decodeParts(bytes, source);
  if (beside === undefined) return checkpoint;
  throw new DataError(
    `${source} leaves the losses of its updates to updates.bin beside it; read it with its folder, by readRunCheckpoint from minibatch/runs`,
  );
}

/** {@link decodeCheckpoint} for bytes that may leave the columns of the updates to other files. @throws DataError */
export function decodeParts(bytes: Uint8Array, source: string): DecodedCheckpoint {
  verify(bytes, source);
  const { tensors, metadata } = parseSafetensors(bytes, source);
  const header = fromExactJson(metadata["checkpoint"] ?? "null") as Header;
  const { version, parameters, slots, bestParameters, open, beside, ...plain } = header;
  if (version !== 2)
    throw new DataError(
      `${source} is of format ${version}, made by another version of minibatch; this one reads format 2`,
    );
  const get = (name: string): Tensor => {
    const array = tensors.get(name);
    invariant(array !== undefined, `${source} has no tensor ${name}`);
    return { dtype: array.type, shape: array.shape, data: array.data } as Tensor;
  };
  const record = (before: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, get(before + name)]));
  const below = (before: string): columns.Columns =>
    Object.fromEntries(
      [...tensors].flatMap(([name, { data }]) =>
        name.startsWith(prefix.history + before)
          ? [[name.slice(prefix.history.length + before.length), data as Float64Array]]
          : [],
      ),
    );
  const checkpoint: Checkpoint = {
    ...plain,
    version,
    parameters: record("", parameters),
    slots: record(prefix.slots, slots),
    bestParameters: bestParameters === null ? undefined : record(prefix.best, bestParameters),
    history: {
      updates: beside === null ? columns.updatesFrom(below("")) : noUpdates,
      epochs: columns.epochsFrom(below("epochs/")),
      evaluations: columns.evaluationsOf(below("evaluations/")),
      open,
    },
  };
  return { checkpoint, beside: beside ?? undefined };
}

/** `checkpoint` with columns that lay beside it. */
export function withUpdates(checkpoint: Checkpoint, updates: UpdateColumns): Checkpoint {
  return { ...checkpoint, history: { ...checkpoint.history, updates } };
}

const none = new Float64Array(0);
const noUpdates: UpdateColumns = { loss: none, learningRate: none, batchSize: none };

/** Compares the bytes with the checksum that stands in them. @throws DataError */
function verify(bytes: Uint8Array, source: string): void {
  const start = 8 + opening.length;
  const end = start + noChecksum.length;
  const text = (from: number, to: number) =>
    new TextDecoder("latin1").decode(bytes.subarray(from, to));
  if (bytes.length < end || text(8, start) !== opening)
    throw new DataError(
      `${source} is no checkpoint, cut or damaged: a checksum is expected at byte ${start} of its ${bytes.length}`,
    );
  const zeros = new TextEncoder().encode(noChecksum);
  const sum = hex(crc32(bytes.subarray(end), crc32(zeros, crc32(bytes.subarray(0, start)))));
  const expected = text(start, end);
  if (sum !== expected)
    throw new DataError(
      `${source} is cut or damaged: its ${bytes.length} bytes have the checksum ${sum}, expected ${expected}`,
    );
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

function named(
  before: string,
  tensors: Readonly<Record<string, Tensor>>,
): Record<string, TensorToWrite> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, data, shape }]) => {
      invariant(
        dtype === "float32" || dtype === "float64",
        `a checkpoint holds floats, ${name} is ${dtype}`,
      );
      return [before + name, { data, shape }];
    }),
  );
}

function flat(before: string, all: columns.Columns): Record<string, TensorToWrite> {
  return Object.fromEntries(
    Object.entries(all).map(([name, data]) => [
      prefix.history + before + name,
      { data, shape: [data.length] },
    ]),
  );
}

function refusePrefixes(names: readonly string[]): void {
  const taken = Object.values(prefix);
  const bad = names.find((name) => taken.some((before) => name.startsWith(before)));
  if (bad !== undefined)
    throw new InputError(
      `a checkpoint cannot hold a parameter named ${JSON.stringify(bad)}: names that begin with ${taken.join(", ")} mean something else there`,
    );
}
