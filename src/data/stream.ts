/** @file Examples that come in chunks, once: a generator, a socket, a reader of something large. */
import { DataError, InputError, knownOptions, show, wholeNumber } from "../errors.ts";
import { fromArrays, type FromArraysOptions } from "./arrays.ts";
import { layoutOf, sameLayout, type Dataset, type StreamedDataset } from "./dataset.ts";
import type { NestedNumbers } from "./table.ts";
import type { Targets } from "./targets.ts";

/** Some examples: as for {@link fromArrays}. */
export interface StreamChunk {
  readonly x: NestedNumbers;
  readonly y: Targets;
}

/** Options of {@link fromStream}. */
export interface FromStreamOptions extends Omit<FromArraysOptions, "sampleWeight"> {
  /** Number of examples in all, where it is known: for progress, and for schedules that need the end. */
  readonly size?: number;
}

/**
 * A data set of one pass: chunks are trained on as they come, in their order, and not kept. Batches do not depend on where the
 * chunks are cut.
 *
 * Shapes, types and the task are those of the first chunk, which is read at once; `classes` must be given when targets are names.
 *
 * @throws InputError for something that cannot be iterated, and for no chunk; while it is read, for a chunk that differs from the first
 * @example
 * async function* chunks() { for (const file of files) yield await read(file); } // { x, y }
 * const run = train(model, await fromStream(chunks(), { classes: 10 }), { batchSize: 64 });
 */
export async function fromStream(
  chunks: AsyncIterable<StreamChunk> | Iterable<StreamChunk>,
  options: FromStreamOptions = {},
): Promise<StreamedDataset> {
  knownOptions("fromStream", options, optionNames);
  const { size, name = "stream", ...reading } = options;
  if (size !== undefined) wholeNumber("size", size);
  const source = iteratorOf(chunks);
  const first = await source.next();
  if (first.done === true) throw new DataError("the stream gave no examples; give at least one");
  const start = await readOrClose(source, () => chunkOf(first.value, 0, { ...reading, name }));
  const { task, x, y, classes } = start;
  const layout = { x: layoutOf(x), y: layoutOf(y) };
  const more = { ...reading, name, task };
  let open = true;
  return {
    name,
    size,
    ...layout,
    task,
    ...(options.classes === undefined || classes === undefined ? {} : { classes }),
    ...(options.source === undefined ? {} : { source: options.source }),
    chunks() {
      if (!open)
        throw new InputError("a stream comes once; make a new one with fromStream for another run");
      open = false;
      return rest(start, source, (chunk, index) => {
        const read = chunkOf(chunk, index, more);
        if (sameLayout(layoutOf(read.x), layout.x) && sameLayout(layoutOf(read.y), layout.y))
          return read;
        throw new InputError(
          `chunk ${index} of the stream must have rows like the first: x ${shown(layout.x)}, y ${shown(layout.y)}; got x ${shown(layoutOf(read.x))}, y ${shown(layoutOf(read.y))}`,
        );
      });
    },
  };
}

const optionNames: readonly (keyof FromStreamOptions)[] = [
  ...(["name", "shape", "dtype", "scale", "source", "task", "classes", "size"] as const),
];

async function* rest(
  first: Dataset,
  source: AsyncIterator<StreamChunk> | Iterator<StreamChunk>,
  read: (chunk: StreamChunk, index: number) => Dataset,
): AsyncGenerator<Dataset, undefined> {
  try {
    yield first;
    for (let index = 1; ; index++) {
      const step = await source.next();
      if (step.done === true) return undefined;
      yield read(step.value, index);
    }
  } finally {
    await source.return?.();
  }
}

/** What `read` gives; a stream whose first chunk cannot be read is closed, as nobody else will. */
async function readOrClose<T>(
  source: AsyncIterator<StreamChunk> | Iterator<StreamChunk>,
  read: () => T,
): Promise<T> {
  try {
    return read();
  } catch (error) {
    await source.return?.();
    throw error;
  }
}

function chunkOf(chunk: unknown, index: number, options: FromArraysOptions): Dataset {
  if (typeof chunk !== "object" || chunk === null || !("x" in chunk) || !("y" in chunk))
    throw new InputError(`chunk ${index} of the stream must be { x, y }, got ${show(chunk)}`);
  const { x, y } = chunk as StreamChunk;
  if (typeof y[0] === "string" && options.classes === undefined)
    throw new InputError(
      "give classes, the names of all classes in order: later chunks of the stream may have others",
    );
  try {
    return fromArrays(x, y, options);
  } catch (error) {
    if (error instanceof InputError)
      error.message = `chunk ${index} of the stream: ${error.message}`;
    throw error;
  }
}

function iteratorOf(
  chunks: AsyncIterable<StreamChunk> | Iterable<StreamChunk>,
): AsyncIterator<StreamChunk> | Iterator<StreamChunk> {
  const given = chunks as Partial<AsyncIterable<StreamChunk> & Iterable<StreamChunk>> | undefined;
  const iterator = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator;
  throw new InputError("a stream must be an (async) iterable of chunks { x, y }");
}

const shown = ({ dtype, shape }: { dtype: string; shape: readonly number[] }): string =>
  `${dtype}[${shape.join(", ")}]`;
