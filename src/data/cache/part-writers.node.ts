/** @file The files of records of the parts of a data set, while they are written. */
import { join } from "node:path";
import { DataError } from "../../errors.ts";
import type { ColumnData, ColumnLayout } from "../dataset.ts";
import type { PartName } from "../table/encode-table.ts";
import type { CacheContent, CachedPart } from "./meta.ts";
import { openRecordWriter, type RecordWriter } from "./record-writer.node.ts";
import { recordLayout } from "./record.ts";

/** Writers of both parts; the file of a part is made with its first rows. */
export interface PartWriters {
  readonly write: (part: PartName, x: ColumnData, y: ColumnData, rows: number) => void;
  /**
   * Flushes the files. `describe` says what else is known of a part.
   *
   * @throws DataError when there is nothing to train on
   */
  readonly end: (
    describe: (part: PartName) => Pick<CachedPart, "name" | "task" | "classes" | "source">,
    scale?: number,
  ) => Pick<CacheContent, PartName>;
  readonly close: () => void;
}

/** Starts the files in a folder. */
export function openPartWriters(folder: string, x: ColumnLayout, y: ColumnLayout): PartWriters {
  const layout = recordLayout(x, y);
  const writers = new Map<PartName, RecordWriter>();
  return {
    write(part, inputs, targets, rows) {
      if (rows === 0) return;
      const writer = writers.get(part) ?? openRecordWriter(join(folder, fileOf(part)), layout);
      writers.set(part, writer);
      writer.write(inputs, targets, rows);
    },
    end(describe, scale) {
      const cached = (part: PartName): CachedPart | undefined => {
        const written = writers.get(part)?.end();
        const scaled = scale === undefined ? x : { ...x, scale };
        return written && { ...describe(part), x: scaled, y, ...written, file: fileOf(part) };
      };
      const training = cached("training");
      const validation = cached("validation");
      if (training === undefined) {
        throw new DataError("there are no examples to cache: expected at least one to train on");
      }
      return { training, ...(validation && { validation }) };
    },
    close() {
      for (const writer of writers.values()) writer.close();
    },
  };
}

function fileOf(part: PartName): string {
  return `${part}.records`;
}
