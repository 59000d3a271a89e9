/** @file Columns of texts that stand for numbers or days, but in a form that is not read: as categories they would be nonsense. */
import { DataError } from "../../errors.ts";
import type { Steps, TableBlocks } from "./blocks.ts";
import { sourceOf, type TextColumn } from "./raw-table.ts";
import { sqlName } from "./sql.ts";

/** A text of a column, and how many rows have it. */
export interface LevelCount {
  readonly level: string;
  readonly count: number;
}

/** What a column holds. */
export interface ColumnLevels {
  /** Those of the rows that are trained on. */
  readonly found: readonly LevelCount[];
  /** Those of all rows. */
  readonly levels: readonly string[];
}

/** Of so large a part of the rows with numbers, a column of texts is taken for one of numbers with mistakes in it. */
const MOSTLY = 0.9;

/** Part of the rows with numbers in another form, the others being plain, from which on it is not taken for chance. */
const SOME = 0.25;

/** A form that numbers or days have at times. */
interface Form {
  readonly what: string;
  readonly test: (level: string) => boolean;
  /** Some texts have to be such that they can be nothing else; default: any. */
  readonly sure?: (level: string) => boolean;
  /** What to do about it, for a column of this name. */
  readonly remedy: (name: string, levels: readonly string[]) => string;
  /** Whether a few such texts may well be categories, as in "10%", "20%". */
  readonly mayBeCategories: boolean;
}

const digitsOnly = (name: string): string =>
  inQuery(name, `CAST(regexp_replace(${sqlName(name)}, '[^0-9.+-]', '', 'g') AS DOUBLE)`);

/** The first that holds is told. */
const forms: readonly Form[] = [
  {
    what: "numbers whose thousands are set apart",
    test: (level) => /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(level),
    sure: (level) => /,.*[,.]/.test(level),
    remedy: digitsOnly,
    mayBeCategories: false,
  },
  {
    what: "numbers with a comma",
    test: (level) => /^[+-]?(\d+|\d{1,3}(\.?\d{3})*),\d+$/.test(level),
    remedy: (name, levels) =>
      levels.every((level) => /^[+-]?\d{1,3},\d{3}$/.test(level))
        ? `give decimal "," if it stands before decimals; if it sets thousands apart, ${digitsOnly(name)}`
        : 'give decimal ","',
    mayBeCategories: false,
  },
  {
    what: "percentages",
    test: (level) => /^[+-]?\d+(\.\d+)?\s?%$/.test(level),
    remedy: digitsOnly,
    mayBeCategories: true,
  },
  {
    what: "amounts of money",
    test: (level) => /^[+-]?[$€£¥]\s?[\d,]+(\.\d+)?$|^[+-]?[\d,]+(\.\d+)?\s?[$€£¥]$/.test(level),
    remedy: digitsOnly,
    mayBeCategories: true,
  },
  {
    what: "days in another form than 2024-12-31,",
    test: (level) => dayForm.test(level),
    remedy: (name, levels) => inQuery(name, `strptime(${sqlName(name)}, '${dayFormat(levels)}')`),
    mayBeCategories: true,
  },
];

const month = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";

/** 31.12.2024, 12/31/24; 31-Dec-2024; December 31, 2024; 2024-12-31 where a clock of twelve hours follows. */
const dayForm = new RegExp(
  String.raw`^(\d{1,2}([./-])\d{1,2}\2(\d{4}|\d{2})|\d{1,2}[ -]${month}[ -](\d{4}|\d{2})|${month} \d{1,2},? \d{4}|\d{4}-\d{2}-\d{2}(?=.*M$))( \d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?)?$`,
  "i",
);

function inQuery(name: string, value: string): string {
  return `give the query SELECT * REPLACE (${value} AS ${sqlName(name)}) FROM data`;
}

/** The format of days for `strptime`. Where it cannot be told, months come first beside slashes, and days beside dots and dashes. */
function dayFormat(levels: readonly string[]): string {
  const [example = ""] = levels;
  const isAbove12 = (numbers: RegExp): boolean =>
    levels.some((level) => Number(numbers.exec(level)?.[1]) > 12);
  const isMonthFirst = isAbove12(/^\d+\D(\d+)/) || (example.includes("/") && !isAbove12(/^(\d+)/));
  const hasName = new RegExp(month, "i").test(example);
  const isLong = levels.some((level) => /[a-z]{4}/i.test(level));
  const inOrder = isMonthFirst ? ["%m", "%d", "%y"] : ["%d", "%m", "%y"];
  const numbers = (hasName ? ["%d", "%y"] : inOrder).values();
  return example
    .replace(/[AP]M$/i, "%p")
    .replace(/\d+(:\d+)(:\d+)?/, (_, __, seconds?: string) =>
      [/m$/i.test(example) ? "%I" : "%H", "%M", seconds && "%S"]
        .filter((part) => part !== undefined)
        .join(":"),
    )
    .replace(new RegExp(month, "i"), isLong ? "%B" : "%b")
    .replace(/^\d{4}-\d+-\d+/, "%Y-%m-%d")
    .replace(/\d{4}/, "%Y")
    .replace(/\d+/g, () => numbers.next().value ?? "");
}

/**
 * Refuses texts that are numbers but for a few, and numbers and days in a form that is not read.
 *
 * @param at place of the column
 * @param limit so many different texts may be categories, whatever they look like
 * @param otherwise what to do where they are categories: `name the column in categories`
 * @throws DataError that says what to do
 */
export function* refuseMisread(
  table: TableBlocks,
  at: number,
  { found, levels }: ColumnLevels,
  { limit, otherwise }: { readonly limit: number; readonly otherwise: string },
): Steps<void> {
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const share = (test: (level: string) => boolean): number =>
    found.reduce((sum, { level, count }) => sum + (test(level.trim()) ? count : 0), 0) / total;
  const { name } = table.columns[at]!;
  const what = `${sourceOf(table)}: column ${JSON.stringify(name)}`;
  for (const { what: kind, test, sure = test, remedy, mayBeCategories } of forms) {
    const such = found.map(({ level }) => level.trim()).filter(test);
    if (!such.some(sure) || (mayBeCategories && found.length <= limit)) continue;
    if (share(test) < SOME || share((level) => test(level) || isNumber(level)) < MOSTLY) continue;
    throw new DataError(
      `${what} holds ${kind} such as ${JSON.stringify(such[0])}; ${remedy(name, such)}; or ${otherwise}`,
    );
  }
  if (found.length <= limit || share(isNumber) < MOSTLY) return;
  // Where all training rows have numbers, it is another row that makes the column one of texts.
  const odd = levels.find((level) => !isNumber(level));
  if (odd === undefined) return;
  const row = yield* firstRowOf(table, at, odd);
  throw new DataError(
    `${what} holds numbers, but also ${JSON.stringify(odd)} (first in row ${row + 1}); correct it, or give missingValues with that text, or ${otherwise}`,
  );
}

function* firstRowOf(table: TableBlocks, at: number, level: string): Steps<number> {
  for (let index = 0; index < table.count; index++) {
    const { columns, first, rows } = table.block(index, [at]);
    const { codes, levels } = columns[0] as TextColumn;
    const row = codes.indexOf(levels.indexOf(level));
    if (row >= 0) return first + row;
    yield rows;
  }
  return -1;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
