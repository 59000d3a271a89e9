/** @file A planned table as numbers, block by block, and the report of it. */
import type { ColumnData, ColumnLayout } from "../dataset.ts";
import type { FloatType } from "../table.ts";
import { chosenRows, fate, type Steps } from "./blocks.ts";
import { inputWidth, rowEncoder, targetShape, type RowEncoder } from "./encode.ts";
import type { TablePlan } from "./plan-table.ts";
import { featureNames, type Preprocessing } from "./preprocessing.ts";
import { columnPlaces, sourceOf } from "./raw-table.ts";
import type { TableReport } from "./report.ts";

/** The two parts of a data set. */
export type PartName = "training" | "validation";

/** Rows of a part as numbers. */
export interface EncodedRows {
  readonly part: PartName;
  readonly x: ColumnData;
  readonly y: ColumnData;
  readonly rows: number;
}

/** How the numbers are laid out. */
export function encodedLayout(
  preprocessing: Preprocessing,
  dtype: FloatType,
): Record<"x" | "y", ColumnLayout> {
  const isClasses = preprocessing.target.kind === "classes";
  return {
    x: { dtype, shape: [inputWidth(preprocessing)] },
    y: { dtype: isClasses ? "int32" : dtype, shape: targetShape(preprocessing) },
  };
}

/**
 * Hands the rows of both parts over, in the order of the table, a block at a time; returns the report.
 *
 * @param sliceBytes bytes of inputs at a time, if they are not one row; default: those of a block
 * @throws DataError for infinite values, naming file, row and column
 */
export function* encodeTable(
  plan: TablePlan,
  dtype: FloatType,
  take: (rows: EncodedRows) => void,
  sliceBytes?: number,
): Steps<TableReport> {
  const { preprocessing } = plan;
  const rowBytes = inputWidth(preprocessing) * (dtype === "float64" ? 8 : 4);
  const sliceRows = Math.max(1, Math.floor((sliceBytes ?? Infinity) / rowBytes));
  const tallies = {
    training: newTally(preprocessing, dtype),
    validation: newTally(preprocessing, dtype),
  };
  for (const { table, fates, target } of plan.parts) {
    const place = columnPlaces(table);
    const inputs = preprocessing.features.map(({ column }) => place(column));
    for (let index = 0; index < table.count; index++) {
      const block = table.block(index, [...inputs, target]);
      const here = { table, first: block.first };
      for (const part of ["training", "validation"] as const) {
        const only = part === "training" ? fate.trains : fate.validates;
        for (const rows of slices(chosenRows({ fates, only }, block), sliceRows)) {
          const { encoder, seen } = tallies[part];
          const x = encoder.inputs(here, block.columns, rows);
          const y = encoder.targets(here, block.columns.at(-1)!, rows);
          for (let i = 0; seen.length > 0 && i < y.length; i++) seen[y[i]!] = 1;
          tallies[part].rows += rows.length;
          take({ part, x, y, rows: rows.length });
        }
      }
      yield block.rows;
    }
  }
  return reportOf(plan, tallies);
}

/** At most `length` rows at a time. */
function* slices(rows: Int32Array, length: number): Generator<Int32Array, void, void> {
  for (let start = 0; start < rows.length; start += length) {
    yield rows.subarray(start, Math.min(rows.length, start + length));
  }
}

/** What is counted of the rows of a part. */
interface Tally {
  readonly encoder: RowEncoder;
  /** 1 for a class of which there is an example. */
  readonly seen: Uint8Array;
  rows: number;
}

function newTally(preprocessing: Preprocessing, dtype: FloatType): Tally {
  const { target } = preprocessing;
  return {
    encoder: rowEncoder(preprocessing, dtype),
    seen: new Uint8Array(target.kind === "classes" ? target.classes.length : 0),
    rows: 0,
  };
}

function reportOf(
  { parts, preprocessing, choice, notes, counters }: TablePlan,
  { training, validation }: Readonly<Record<PartName, Tally>>,
): TableReport {
  const { features, target } = preprocessing;
  const imputed = features
    .map((feature) => ({
      column: feature.column,
      rows: sum(
        [training, validation],
        ({ encoder: { counts } }) => counts.imputed[feature.column] ?? 0,
      ),
      value: feature.kind === "number" ? String(feature.mean) : feature.fill,
    }))
    .filter(({ rows }) => rows > 0);
  const [main] = parts;
  return {
    source: sourceOf(main.table),
    rows: sum(parts, ({ table }) => table.rows),
    training: training.rows,
    validation: validation.rows,
    dropped: {
      target: sum(parts, ({ withoutTarget }) => withoutTarget),
      features: sum(parts, ({ incomplete }) => incomplete),
    },
    imputed,
    columns: features.length,
    inputs: featureNames(preprocessing).length,
    task: choice.task,
    taskReason: choice.reason,
    target,
    ...notes,
    unknown: validation.encoder.counts.unknown,
    untrained:
      target.kind === "classes" ? target.classes.filter((_, i) => training.seen[i] === 0) : [],
    counters,
    reading: [],
  };
}

function sum<T>(values: readonly T[], figure: (value: T) => number): number {
  return values.reduce((total, value) => total + figure(value), 0);
}
