/** @file Rows of a data set, in memory or stored, for what is measured at fixed parameters. */
import { isStored, type Dataset, type RowReader, type StoredDataset } from "../data/dataset.ts";
import { range } from "../data/sampler.ts";
import { examplesOf, type Examples } from "../runtime/examples.ts";
import { pieceRows } from "./stored-windows.ts";

/** Examples of one data set by their rows, one choice of them at a time. */
export interface ExampleSource {
  readonly at: (rows: Int32Array, visitKeys?: Int32Array) => Examples;
  readonly close: () => Promise<void>;
}

/** Examples of `data`. Those of a stored set come in windows of whole passes of `pass` rows, so that they are added up as in memory. */
export async function openExamples(
  data: Dataset | StoredDataset,
  pass: number,
): Promise<ExampleSource> {
  if (!isStored(data))
    return {
      at: (rows, visitKeys) => examplesOf(data, rows, visitKeys),
      close: () => Promise.resolve(),
    };
  const reader = await data.open();
  const piece = pieceRows(data.windowRows, pass);
  return {
    at: (rows, visitKeys) => ({
      size: rows.length,
      rows: inPieces(reader, rows, piece),
      visitKeys,
    }),
    close: () => reader.close(),
  };
}

/** Reads `piece` rows at a time, and the next ones while the caller works on these. */
function inPieces(reader: RowReader, wanted: Int32Array, piece: number): Examples["rows"] {
  const read = (start: number) => {
    const rows = wanted.subarray(start, start + piece);
    const data = rows.length > 0 ? reader.read(rows) : undefined;
    data?.catch(() => undefined); // told to whoever asks for the rows
    return { start, data };
  };
  let ahead: ReturnType<typeof read> | undefined;
  return async (start) => {
    const { data: reading } = ahead?.start === start ? ahead : read(start);
    ahead = read(start + piece);
    const data = await reading!;
    return { data, indices: range(data.size) };
  };
}
