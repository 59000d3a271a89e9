/** @file From a table in memory to data sets: rows split, preprocessing fitted on the training part, applied to both. */
import { invariant } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { inMemory, inOneGo } from "./blocks.ts";
import { encodedLayout, encodeTable, type EncodedRows, type PartName } from "./encode-table.ts";
import { planTable, type TablePlan } from "./plan-table.ts";
import { prepareDefaults, type PrepareOptions } from "./prepare-options.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { sourceOf, type RawTable } from "./raw-table.ts";
import { preparationOf, type TableReport } from "./report.ts";

export type { PrepareOptions } from "./prepare-options.ts";

/** A table ready for training. */
export interface PreparedTable {
  readonly training: Dataset;
  /** Absent with `split: 0`. */
  readonly validation?: Dataset;
  /** Plain JSON; {@link applyPreprocessing} does the same to new rows. */
  readonly preprocessing: Preprocessing;
  readonly report: TableReport;
}

/**
 * Data sets from a table. Everything is fitted on the training rows alone: means and deviations, categories, what missing values count as.
 *
 * @param apart rows to validate on, from another file; then the rows of `table` are not split
 * @throws InputError, DataError in one line, with file, row and column where there is one
 * @example const { training, validation, preprocessing, report } = prepareTable(table, { target: "species" });
 */
export function prepareTable(
  table: RawTable,
  options: PrepareOptions,
  apart?: RawTable,
): PreparedTable {
  const plan = inOneGo(planTable(inMemory(table), options, apart && inMemory(apart)));
  const { dtype } = { ...prepareDefaults, ...options };
  const parts = new Map<PartName, EncodedRows>();
  const report = inOneGo(encodeTable(plan, dtype, (rows) => parts.set(rows.part, rows)));
  const datasetOf = (part: PartName): Dataset | undefined => {
    const rows = parts.get(part);
    if (rows === undefined) return undefined;
    const { x, y } = encodedLayout(plan.preprocessing, dtype);
    return {
      ...describePart(plan, part, options),
      size: rows.rows,
      x: { data: rows.x, shape: x.shape },
      y: { data: rows.y, shape: y.shape },
    };
  };
  const training = datasetOf("training");
  const validation = datasetOf("validation");
  invariant(training !== undefined, "a table without a row to train on");
  return {
    training: { ...training, preparation: preparationOf(report) },
    ...(validation && { validation }),
    preprocessing: plan.preprocessing,
    report,
  };
}

/** What reports call a part of a table, and what it is for. */
export function describePart(
  { parts, preprocessing: { target } }: TablePlan,
  part: PartName,
  { name }: PrepareOptions,
): Pick<Dataset, "name" | "source" | "task" | "classes"> {
  const [main, apart] = parts;
  const source = sourceOf((part === "validation" ? (apart ?? main) : main).table);
  return {
    name: name ?? sourceOf(main.table),
    source,
    ...(target.kind === "classes"
      ? { task: "classification", classes: target.classes }
      : { task: "regression" }),
  };
}
