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

/** How every table is drawn: nothing but its cells. */
export const bareTable: Pick<Table.TableConstructorOptions, "chars" | "style"> = { chars, style };

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

/** A column of a list. */
export interface ListColumn {
  readonly label: string;
  readonly cells: readonly string[];
  /** Numbers stand at the right (default: at the left). */
  readonly align?: "left" | "right";
  /** Texts may be cut where the list is too wide. */
  readonly flexible?: boolean;
  /** May be left out where the list is still too wide: the highest first. */
  readonly leaveOut?: number;
}

/** Cut texts keep this much. */
const leastWidth = 8;
const listGap = 2;

/**
 * A list with a row for each thing, its columns side by side. Where it is too wide, flexible columns are cut, and then columns are left out,
 * which the last line says.
 */
export function listTable(columns: readonly ListColumn[], width: number): string {
  const { shown, widths } = fitting(columns, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => fitted(text, widths[i] ?? 0, shown[i]?.align ?? "left"))
      .join(" ".repeat(listGap))
      .trimEnd();
  const left = columns.filter((column) => !shown.includes(column)).map(({ label }) => label);
  return plainSpaces(
    [
      line(shown.map(({ label }) => label)),
      "─".repeat(total(widths)),
      ...(shown[0]?.cells ?? []).map((_, row) => line(shown.map(({ cells }) => cells[row] ?? ""))),
      ...(left.length === 0 ? [] : [`(no room for: ${left.join(", ")})`]),
    ].join("\n"),
  );
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, listGap * (widths.length - 1));
}

/** The columns that fit, with their widths. */
function fitting(
  columns: readonly ListColumn[],
  width: number,
): { readonly shown: readonly ListColumn[]; readonly widths: readonly number[] } {
  const widths = columns.map(({ label, cells }) =>
    Math.max(...[label, ...cells].map((text) => text.length)),
  );
  let over = total(widths) - width;
  columns.forEach(({ flexible = false }, i) => {
    const cut = flexible ? Math.max(0, Math.min(over, (widths[i] ?? 0) - leastWidth)) : 0;
    widths[i] = (widths[i] ?? 0) - cut;
    over -= cut;
  });
  const last = Math.max(0, ...columns.map(({ leaveOut = 0 }) => leaveOut));
  if (over <= 0 || last === 0) return { shown: columns, widths };
  return fitting(
    columns.filter(({ leaveOut }) => leaveOut !== last),
    width,
  );
}

function fitted(text: string, width: number, align: "left" | "right"): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === "right" ? cut.padStart(width) : cut.padEnd(width);
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
  const { columns = 0 } = stream; // 0 where a terminal does not know
  return Math.max(40, Math.min(widest, columns > 0 ? columns : usual));
}
