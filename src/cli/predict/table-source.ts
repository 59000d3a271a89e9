/** @file DATA that is a table: the columns that the run was trained on, with the preprocessing that was fitted then. */
import { applyPreprocessing } from "../../data/table/apply.ts";
import { featureNames, type Preprocessing } from "../../data/table/preprocessing.ts";
import { isTextColumn, textAt, type RawTable } from "../../data/table/raw-table.ts";
import { openTableBlocks, type BlockOptions } from "../../data/table/table-blocks.node.ts";
import { DataError } from "../../errors.ts";
import type { FloatType } from "../../graph/types.ts";
import { blockRows, type InputBlock, type InputCounts, type InputSource } from "./input-source.ts";
import type { ModelFile } from "./model-file.ts";
import type { Targets } from "./score.ts";

/** How the table is read. */
export type TableOptions = Pick<
  BlockOptions,
  "query" | "missingValues" | "decimal" | "keep" | "keepAs"
>;

/** @throws DataError for a model that was not trained on a table, and as `openTableBlocks` */
export async function tableSource(
  path: string,
  { source, input, preprocessing }: ModelFile,
  options: TableOptions,
): Promise<InputSource> {
  if (preprocessing === undefined)
    throw new DataError(
      `${source} was trained on examples of shape [${input.shape.join(", ")}], not on a table such as ${path}; give arrays or images`,
    );
  const { features, target } = preprocessing;
  const table = await openTableBlocks([path], {
    ...options,
    types: new Map([...features, target].map(({ column, type }) => [column, type])),
    choose: (names) => [
      ...features.map(({ column }) => column),
      ...(names.includes(target.column) ? [target.column] : []),
    ],
  });
  const counts = { imputed: {}, others: {}, unknown: {} };
  const rows = blockRows(featureNames(preprocessing).length);
  return {
    kept: table.kept,
    notes: table.notes,
    async *blocks() {
      for await (const { table: block, kept } of table.blocks(rows)) {
        const applied = appliedTo(block, preprocessing, input.dtype as FloatType);
        addCounts(counts, applied);
        yield {
          rows: block.rows,
          x: applied.x,
          places: applied.rows,
          kept,
          targets: targetsOf(block, preprocessing),
        } satisfies InputBlock;
      }
    },
    counts: () => counts,
    close: table.close,
  };
}

/** Says what to do in words that fit here: preprocessing is fixed. */
function appliedTo(
  block: RawTable,
  preprocessing: Preprocessing,
  dtype: FloatType,
): ReturnType<typeof applyPreprocessing> {
  try {
    return applyPreprocessing(block, preprocessing, { dtype });
  } catch (error) {
    if (error instanceof DataError)
      error.message = error.message.replace(
        /fill it in, or give missing .*$/,
        "fill it in: the run was trained with --missing refuse",
      );
    throw error;
  }
}

type Counts = { [K in keyof InputCounts]: Record<string, number> };

function addCounts(to: Counts, from: InputCounts): void {
  for (const kind of ["imputed", "others", "unknown"] as const)
    for (const [column, rows] of Object.entries(from[kind]))
      to[kind][column] = (to[kind][column] ?? 0) + rows;
}

function targetsOf(
  table: RawTable,
  { target }: Pick<Preprocessing, "target">,
): Targets | undefined {
  const column = table.columns.find(({ name }) => name === target.column);
  if (column === undefined) return undefined;
  if (target.kind === "number")
    return isTextColumn(column) ? undefined : { kind: "numbers", values: column.values };
  const names = Array.from({ length: table.rows }, (_, row) => textAt(column, row) ?? null);
  return { kind: "classes", names };
}
