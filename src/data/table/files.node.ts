/** @file The files of a table: found, told apart by their first bytes, decompressed. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { DataError, InputError } from "../../errors.ts";
import { isGzip } from "../gunzip.ts";
import type { FileHead } from "./csv-head.ts";
import type { Database } from "./duckdb.node.ts";
import { sqlText } from "./sql.ts";

/** Formats of tables. */
export type TableFormat = "csv" | "json" | "parquet";

/** A file that is ready to be read. */
export interface TableFile {
  /** As the user named it. */
  readonly source: string;
  /** Where the plain bytes are: the file itself, or a decompressed copy. */
  readonly path: string;
  readonly format: TableFormat;
  readonly head: FileHead;
  /** What its name says about the delimiter. */
  readonly delimiter?: string;
}

/** Files, and how to be rid of the copies made of them. */
export interface TableFiles {
  readonly files: readonly TableFile[];
  remove(): Promise<void>;
}

/** How files start that are neither text nor Parquet. */
const binaries = ["PAR1", "PK\u0003\u0004", "\u0093NUMPY", "SQLite", "%PDF", "\u0089PNG"];

/** So much of a file is looked at for its layout. */
const HEAD_BYTES = 4 * 2 ** 20;

/**
 * The files that a path, a glob or a list of them names, in order; gzipped ones are decompressed into a temporary folder.
 *
 * @param place where that folder is made
 * @throws InputError when there is no such file; DataError for a file that is empty, cut, or not what its name says
 */
export async function tableFiles(
  database: Database,
  sources: readonly string[],
  format?: TableFormat,
  place: string = tmpdir(),
): Promise<TableFiles> {
  const paths = (await Promise.all(sources.map((source) => expand(database, source)))).flat();
  const folder = { place, path: "" };
  const remove = async (): Promise<void> => {
    if (folder.path !== "") await rm(folder.path, { recursive: true, force: true });
  };
  try {
    const files: TableFile[] = [];
    for (const [i, path] of paths.entries()) {
      files.push(await tableFile(path, i, folder, format));
    }
    return { files, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A path for DuckDB, in which nothing is a pattern. */
export function literalPath(path: string): string {
  return sqlText(path.replace(/[*?[]/g, "[$&]"));
}

/** The files that a path or a pattern names, in order. @throws InputError when there is none */
export async function expand(
  database: Pick<Database, "rows">,
  source: string,
): Promise<readonly string[]> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isFile() === true) return [source];
  if (found?.isDirectory() === true) {
    throw new InputError(
      `${source} is a folder; give a file, or a pattern such as ${join(source, "*.csv")}`,
    );
  }
  if (found !== undefined) throw new InputError(`${source} is no file`);
  if (/[*?[]/.test(source)) {
    const rows = await database.rows(`SELECT file FROM glob(${sqlText(source)}) ORDER BY file`);
    if (rows.length > 0) return rows.map(([path]) => String(path));
    throw new InputError(`no file matches ${source}`);
  }
  throw new InputError(`there is no file ${source}`);
}

async function tableFile(
  source: string,
  index: number,
  folder: { readonly place: string; path: string },
  asked?: TableFormat,
): Promise<TableFile> {
  let path = source;
  let start = await firstBytes(source, source, 64);
  if (isGzip(start)) {
    if (folder.path === "") folder.path = await mkdtemp(join(folder.place, "minibatch-"));
    path = join(folder.path, `${index}`);
    await decompress(source, path);
    start = await firstBytes(path, source, 64);
  }
  const name = basename(source).toLowerCase().replace(/\.gz$/, "");
  if (start.length === 0) throw new DataError(`${source} is empty; expected a table`);
  const format = asked ?? formatOf(name, start);
  checkStart(source, format, start);
  if (format !== "csv") return { source, path, format, head: { text: "", whole: false } };
  const head = await firstBytes(path, source, HEAD_BYTES);
  const text = new TextDecoder().decode(head, { stream: head.length === HEAD_BYTES });
  const delimiter = /\.(tsv|tab)$/.test(name) ? { delimiter: "\t" } : {};
  return { source, path, format, head: { text, whole: head.length < HEAD_BYTES }, ...delimiter };
}

function formatOf(name: string, start: Uint8Array): TableFormat {
  if (latin(start.subarray(0, 4)) === "PAR1" || /\.(parquet|pq)$/.test(name)) return "parquet";
  if (/\.(csv|tsv|tab|txt)$/.test(name)) return "csv";
  if (/\.(jsonl|ndjson|json)$/.test(name)) return "json";
  return /^\s*[[{]/.test(latin(start)) ? "json" : "csv";
}

/** Refuses what plainly is something else than its name or the caller says. */
function checkStart(source: string, format: TableFormat, start: Uint8Array): void {
  const is = (wanted: string): DataError =>
    new DataError(`${source} is not ${wanted}: it starts with ${hex(start.subarray(0, 4))}`);
  if (format === "parquet") {
    if (latin(start.subarray(0, 4)) !== "PAR1") throw is('Parquet, which starts with "PAR1"');
    return;
  }
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)) {
    throw new DataError(`${source} is UTF-16; save it as UTF-8`);
  }
  if (format === "json" && !/^(\u00ef\u00bb\u00bf)?\s*[[{]/.test(latin(start)))
    throw is("JSON lines, an object a line");
  if (binaries.some((mark) => latin(start).startsWith(mark))) throw is("text");
}

async function firstBytes(path: string, source: string, most: number): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const bytes = new Uint8Array(most);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, most - length);
        length += bytesRead;
        if (bytesRead === 0 || length === most) return bytes.subarray(0, length);
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new DataError(`cannot read ${source}: ${message(cause)}`, { cause });
  }
}

/** DuckDB takes a gzip file that is cut for one that ends there, so it is given the plain bytes, checked by their CRC. */
async function decompress(source: string, path: string): Promise<void> {
  try {
    await pipeline(createReadStream(source), createGunzip(), createWriteStream(path));
  } catch (cause) {
    throw new DataError(`${source} does not decompress, it is cut or corrupt: ${message(cause)}`, {
      cause,
    });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
