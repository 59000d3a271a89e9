/** @file What to ask of a table that is too large to be in memory. */

/** Rows of a sample of a table that one may take in place of all. */
export const sampleRows = 100_000;

/** So many rows of a table at random, the same ones each time. */
export const sampleQuery = "SELECT * FROM data USING SAMPLE 100000 ROWS (reservoir, 1)";
