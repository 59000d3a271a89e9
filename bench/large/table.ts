/** @file A generated table for classification, of any number of rows: each row is a pure function of its number and the seed. */

/** What the table is like. */
export interface LargeTable {
  readonly rows: number;
  /** Columns of float32 besides the label. */
  readonly columns: number;
  readonly seed: number;
}

/**
 * SQL of the table: columns f0, f1, … and `label`, 0 or 1.
 *
 * A column is the sum of two uniform numbers on [−1, 1] from 24 bits each of DuckDB's `hash(row, column, seed)`. The label says whether
 * a function of the first columns, with a noise of its own, is above 0:
 *
 *     f0 + f1 f2 − f3 + f4² − ⅔ f5² + ½ noise > 0,
 *
 * so that a network finds more than a linear model does, and not everything. The first columns stand for those that there are not.
 */
export function largeTableSql({ rows, columns, seed }: LargeTable): string {
  const float = (column: number): string => {
    const bits = `hash(i, ${column}, ${seed})`;
    const uniform = (word: string): string => `(${word})::DOUBLE / ${2 ** 23} - 1`;
    return `(${uniform(`${bits} & ${2 ** 24 - 1}`)} + ${uniform(`${bits} >> 40`)})::FLOAT`;
  };
  const names = Array.from({ length: columns }, (_, j) => `f${j}`);
  const list = names.map((name, j) => `${float(j)} AS ${name}`).join(", ");
  const [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map((j) => names[j % columns]!);
  const signal = `${a} + ${b} * ${c} - ${d} + ${e} * ${e} - ${f} * ${f} * 2 / 3 + noise / 2`;
  return `SELECT ${names.join(", ")}, (${signal} > 0)::TINYINT AS label
    FROM (SELECT ${list}, ${float(columns)} AS noise FROM range(${rows}) t(i))`;
}

/** Writes the table to a Parquet or CSV file, by its ending. */
export async function writeLargeTable(path: string, table: LargeTable): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const format = path.endsWith(".csv") ? "csv" : "parquet, COMPRESSION uncompressed";
  const target = path.replaceAll("'", "''");
  await connection.run(`COPY (${largeTableSql(table)}) TO '${target}' (FORMAT ${format})`);
  connection.closeSync();
  instance.closeSync();
}
