/** @file Where predictions go: standard output or a file, as CSV, JSON lines or Parquet. */
import { open } from "node:fs/promises";
import { parquetWriter } from "../../data/table/write-parquet.node.ts";
import { RuntimeError } from "../../errors.ts";
import { reasonOf } from "../../train/run-folder/system-error.node.ts";
import { unfinishedFile } from "../output.ts";
import type { OutputColumn } from "./predictions.ts";
import { csvFormat, jsonFormat, type TextFormat } from "./text-format.ts";

/** Formats of the output. */
export const outputFormats = ["csv", "jsonl", "parquet"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** An output that takes rows. */
export interface OutputWriter {
  /** Adds rows, given as columns of values. False when nobody reads any more. */
  readonly write: (columns: readonly (readonly unknown[])[]) => Promise<boolean>;
  /** Ends a file, which then has its name. */
  readonly finish: () => Promise<void>;
  /** Gives everything back; a file that is not finished is removed. Must be called once. */
  readonly close: () => Promise<void>;
}

/** The output for rows of `columns`. @throws RuntimeError for a file that cannot be written, InputError for columns that Parquet cannot hold */
export async function outputWriter(
  file: string | undefined,
  format: OutputFormat,
  columns: readonly OutputColumn[],
): Promise<OutputWriter> {
  if (file !== undefined && format === "parquet") return parquetFile(file, columns);
  const text = format === "jsonl" ? jsonFormat : csvFormat;
  return file === undefined ? standardOutput(text, columns) : textFile(file, text, columns);
}

async function parquetFile(file: string, columns: readonly OutputColumn[]): Promise<OutputWriter> {
  const unfinished = unfinishedFile(file);
  const writer = await parquetWriter(columns);
  return {
    write: async (values) => {
      await writing(file, () => {
        writer.append(values);
        return Promise.resolve();
      });
      return true;
    },
    finish: () =>
      writing(file, async () => {
        await writer.finish(unfinished.path);
        unfinished.keep();
      }),
    close: async () => {
      unfinished.discard();
      await writer.close();
    },
  };
}

async function textFile(
  file: string,
  format: TextFormat,
  columns: readonly OutputColumn[],
): Promise<OutputWriter> {
  const unfinished = unfinishedFile(file);
  const handle = await writing(file, () => open(unfinished.path, "w"));
  const append = (text: string): Promise<void> => writing(file, () => handle.appendFile(text));
  await append(format.head(columns));
  return {
    write: async (values) => {
      await append(textOf(format, columns, values));
      return true;
    },
    finish: () =>
      writing(file, async () => {
        await handle.sync();
        unfinished.keep();
      }),
    close: async () => {
      await handle.close();
      unfinished.discard();
    },
  };
}

function standardOutput(format: TextFormat, columns: readonly OutputColumn[]): OutputWriter {
  const { stdout } = process;
  let head = format.head(columns);
  const write = async (text: string): Promise<boolean> => {
    if (!stdout.writable) return false;
    if (text !== "" && !stdout.write(text)) await drained(stdout);
    return stdout.writable;
  };
  return {
    write: (values) => {
      const text = head + textOf(format, columns, values);
      head = "";
      return write(text);
    },
    finish: async () => {
      await write(head);
    },
    close: () => Promise.resolve(),
  };
}

/** Resolves when `stream` takes more, or never will: its reader may have gone away. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  const events = ["drain", "close", "error"];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}

function textOf(
  { line }: TextFormat,
  columns: readonly OutputColumn[],
  values: readonly (readonly unknown[])[],
): string {
  const rows = values[0]?.length ?? 0;
  let text = "";
  for (let row = 0; row < rows; row++)
    text += line(
      values.map((column) => column[row]),
      columns,
    );
  return text;
}

/** @throws RuntimeError that names the file */
async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new RuntimeError(`${file} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}
