/** @file Tables of text: quantities down, runs across, in as many blocks as the width needs. */
import Table from "cli-table3";

/** A quantity with its value for each run. */
export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
}

/** Lines that separate and nothing else, so that the text can be read aloud, copied and searched. */
const chars = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
};
const style = { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 };
const gap = 3;

/**
 * A table of `rows`, the first of which is its head. Runs that do not fit into `width` go into further blocks below, each with
 * the labels in front.
 */
export function textTable(rows: readonly Row[], width: number): string {
  const labels = Math.max(...rows.map(({ label }) => label.length));
  const count = Math.max(0, ...rows.map(({ cells }) => cells.length));
  const widths = Array.from(
    { length: count },
    (_, i) => gap + Math.max(...rows.map(({ cells }) => cells[i]?.length ?? 0)),
  );
  const text = blocks(widths, width - labels)
    .map(([from, to]) => {
      const lines = block(rows, from, to).split("\n");
      const rule = "─".repeat(labels + widths.slice(from, to).reduce((a, b) => a + b, 0));
      return [lines[0], rule, ...lines.slice(1)].join("\n");
    })
    .join("\n\n");
  return plainSpaces(text);
}

function block(rows: readonly Row[], from: number, to: number): string {
  const table = new Table({
    chars,
    style,
    colAligns: ["left", ...Array.from({ length: to - from }, () => "right" as const)],
  });
  for (const { label, cells } of rows)
    table.push([label, ...cells.slice(from, to).map((cell) => " ".repeat(gap) + cell)]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Ranges of columns that fit into `width`; a column that is too wide alone still gets its block. */
function blocks(widths: readonly number[], width: number): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let used = Infinity;
  widths.forEach((column, i) => {
    const last = ranges.at(-1);
    if (last === undefined || used + column > width) {
      ranges.push([i, i + 1]);
      used = column;
    } else {
      last[1] = i + 1;
      used += column;
    }
  });
  return ranges;
}

/** `text` in lines of at most `width` columns, broken at spaces; `indent` before all but the first of a paragraph. */
export function wrapped(text: string, width: number, indent = ""): string {
  return plainSpaces(
    text
      .split("\n")
      .map((paragraph) => wrappedParagraph(paragraph, width, indent))
      .join("\n"),
  );
}

function wrappedParagraph(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

/** Spaces that do not break are for pages: in a terminal they only spoil what is copied and searched. */
function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, " ");
}

const widest = 100;
const usual = 80;

/** Columns that text on `stream` may take: those of the terminal, at most 100; 80 in a narrow one or where it is not known. */
export function textWidth(stream: { readonly columns?: number }): number {
  return Math.max(40, Math.min(widest, stream.columns ?? usual));
}
