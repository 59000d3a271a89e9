/** @file Rows of data sets: cut and joined. */
import type { Column, ColumnData, Dataset } from "./dataset.ts";
import { elements } from "./table.ts";

/** Rows `start` to `end` − 1, as views. */
export function rowsBetween(dataset: Dataset, start: number, end: number): Dataset {
  const { x, y, sampleWeight } = dataset;
  const cut = (column: Column): Column => {
    const width = elements(column.shape);
    return { ...column, data: column.data.subarray(start * width, end * width) };
  };
  return {
    ...dataset,
    size: end - start,
    x: cut(x),
    y: cut(y),
    ...(sampleWeight && { sampleWeight: sampleWeight.subarray(start, end) }),
  };
}

/** The rows of `a`, then those of `b`, copied; both are stored alike. */
export function joinRows(a: Dataset, b: Dataset): Dataset {
  const { sampleWeight } = a;
  return {
    ...a,
    size: a.size + b.size,
    x: { ...a.x, data: joined(a.x.data, b.x.data) },
    y: { ...a.y, data: joined(a.y.data, b.y.data) },
    ...(sampleWeight && b.sampleWeight && { sampleWeight: joined(sampleWeight, b.sampleWeight) }),
  };
}

function joined<T extends ColumnData>(a: T, b: T): T {
  const all = new (a.constructor as new (length: number) => T)(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
