/** @file What the rows of a table depend on: its files, the query, and how they are read. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { DataError, InputError } from "../../errors.ts";
import { openDatabase, type Database } from "../table/duckdb.node.ts";
import { expand } from "../table/files.node.ts";
import type { ReadTableOptions } from "../table/read-table.node.ts";

/** A file as it is now. */
interface FileState {
  readonly path: string;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly changed: string;
}

/** Equal for sources that give the same data sets. */
export interface Fingerprint {
  readonly kind: "table" | "arrays" | "images";
  readonly files: readonly FileState[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** The fingerprint of files that are read in some way. @throws DataError for one that is not there */
export async function fingerprintOf(
  kind: Fingerprint["kind"],
  paths: readonly string[],
  options: object,
): Promise<Fingerprint> {
  const entries = Object.entries(options) as [string, unknown][];
  return {
    kind,
    files: await Promise.all(paths.map(stateOf)),
    options: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * The fingerprint of a table: path, size and time of every file that it is read from or that its query names, and all options.
 *
 * @throws InputError when there is no such file, and for a query that reads over the network, where a change cannot be noticed
 */
export async function tableFingerprint(
  sources: readonly string[],
  options: ReadTableOptions,
): Promise<Fingerprint> {
  const { split, query } = options;
  const apart = typeof split === "object" && "file" in split ? [split.file] : [];
  const database = lazyDatabase();
  try {
    const paths: string[] = [];
    for (const source of [...sources, ...apart]) paths.push(...(await expand(database, source)));
    for (const text of textsOf(query ?? "")) {
      paths.push(...(await expand(database, text).catch(() => [])));
    }
    return await fingerprintOf("table", paths, options);
  } finally {
    database.close();
  }
}

/** @throws DataError when a file is another than it was */
export function refuseChange(before: Fingerprint, after: Fingerprint): void {
  const states = new Set(after.files.map((file) => JSON.stringify(file)));
  const changed = before.files.find((file) => !states.has(JSON.stringify(file)));
  if (changed === undefined && before.files.length === after.files.length) return;
  throw new DataError(
    `${changed?.path ?? "the data"} changed while it was read; start again when it is complete`,
  );
}

/** The texts in quotes of a query: some of them may be files. */
function textsOf(query: string): readonly string[] {
  const found = query.matchAll(/'((?:[^']|'')*)'|"((?:[^"]|"")*)"/g);
  const texts = Array.from(found, ([, single, double]) =>
    (single ?? double ?? "").replaceAll("''", "'"),
  );
  const remote = texts.find((text) => /^\w+:\/\//.test(text));
  if (remote === undefined) return texts;
  throw new InputError(
    `memory does not go with a query that reads ${remote}, where a change is not noticed; copy it to a file first`,
  );
}

async function stateOf(path: string): Promise<FileState> {
  const { size, mtimeNs } = await stat(path, { bigint: true }).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new DataError(`there is no file ${path}`, { cause });
  });
  return { path: resolve(path), size: Number(size), changed: String(mtimeNs) };
}

/** A database that is opened for the first pattern: a plain path needs none. */
function lazyDatabase(): Pick<Database, "rows" | "close"> {
  let opened: Promise<Database> | undefined;
  return {
    rows: async (sql) => (await (opened ??= openDatabase())).rows(sql),
    close: () => {
      void opened?.then((database) => {
        database.close();
      });
    },
  };
}
