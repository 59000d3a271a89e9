/** @file How a CSV file is laid out, from its first records: delimiter, header, names. */
import { DataError, show } from "../../errors.ts";

/** The layout of a CSV file. */
export interface CsvLayout {
  readonly delimiter: string;
  readonly header: boolean;
  /** Names of the columns, all different; `column1`, `column2`, … where there is no header or a name is empty. */
  readonly names: readonly string[];
  /** Positions of columns whose name in the header is empty. */
  readonly unnamed: readonly number[];
}

/** What is known beforehand. */
export interface CsvOptions {
  /** Default: whichever of comma, tab, semicolon and bar cuts the first records alike. */
  readonly delimiter?: string;
  /** Default: found from the first records, where a header has a word above a column of numbers. */
  readonly header?: boolean;
}

/** A head of a file. */
export interface FileHead {
  readonly text: string;
  /** Whether this is the entire file. */
  readonly whole: boolean;
}

const delimiters = [",", "\t", ";", "|"];

/** Records that are looked at. */
const SAMPLE = 100;

/**
 * Layout of a CSV file (RFC 4180: fields in double quotes may hold delimiters, line ends and doubled quotes).
 *
 * @param source the file, for errors
 * @throws DataError for an empty file, and for names that come twice
 * @example csvLayout({ text: "a;b\n1;2\n", whole: true }, "x.csv") // { delimiter: ";", header: true, names: ["a", "b"], unnamed: [] }
 */
export function csvLayout(head: FileHead, source: string, options: CsvOptions = {}): CsvLayout {
  const text = head.text.replace(/^\ufeff/, "");
  if (text.trim() === "") throw new DataError(`${source} is empty; expected a header and rows`);
  const delimiter = options.delimiter ?? bestDelimiter({ ...head, text });
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new DataError(`delimiter must be one character, got ${show(delimiter)}`);
  }
  const records = csvRecords({ ...head, text }, delimiter);
  const [first, ...rest] = records;
  if (first === undefined) {
    throw new DataError(
      `${source}, line 1: no end of the line, or of a quoted field, in the first ${text.length} characters`,
    );
  }
  const header = options.header ?? looksLikeHeader(first, rest);
  if (!header) {
    return { delimiter, header, names: first.map((_, i) => `column${i + 1}`), unnamed: [] };
  }
  return { delimiter, header, ...headerNames(first, source) };
}

/** The whole records at the start of a text, at most 100; fields without their quotes. */
export function csvRecords({ text, whole }: FileHead, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  for (let at = 0; at < text.length && records.length < SAMPLE;) {
    const { field, end } = fieldAt(text, at, delimiter);
    // A field that the text ends in is known to be whole only at the end of the file.
    if (end >= text.length && !whole) break;
    record.push(field);
    at = end + 1;
    if (text[end] === delimiter) {
      if (at === text.length && whole) record.push("");
      else continue;
    }
    if (text[end] === "\r" && text[at] === "\n") at++;
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  }
  return records;
}

/** The field that starts at a place, and where the delimiter or line end after it stands. */
function fieldAt(
  text: string,
  start: number,
  delimiter: string,
): { readonly field: string; readonly end: number } {
  const stops = `${delimiter}\r\n`;
  let field = "";
  let at = start;
  if (text[at] === '"') {
    for (at++; at < text.length; at++) {
      if (text[at] === '"' && text[++at] !== '"') break;
      field += text[at] ?? "";
    }
  }
  const rest = at;
  while (at < text.length && !stops.includes(text[at]!)) at++;
  return { field: field + text.slice(rest, at), end: at };
}

/** The delimiter that cuts most of the first records into as many fields as the first one, more than one. */
function bestDelimiter(head: FileHead): string {
  let best = { delimiter: ",", alike: 0, fields: 1 };
  for (const delimiter of delimiters) {
    const records = csvRecords(head, delimiter);
    const fields = records[0]?.length ?? 1;
    if (fields < 2) continue;
    const alike = records.filter((record) => record.length === fields).length;
    if (alike > best.alike || (alike === best.alike && fields > best.fields)) {
      best = { delimiter, alike, fields };
    }
  }
  return best.delimiter;
}

/** A header has a word above a column of numbers; where no column is of numbers, it is different names and no number. */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const numeric = first
    .map((_, i) => i)
    .filter((i) => {
      const values = rest.map((record) => record[i] ?? "").filter((value) => value !== "");
      return values.length > 0 && values.every((value) => isNumber(value));
    });
  const words = first.filter((field) => field !== "" && !isNumber(field));
  if (numeric.length > 0) {
    return (
      numeric.some((i) => first[i] !== "" && !isNumber(first[i] ?? "")) ||
      words.length === first.length
    );
  }
  return words.length === first.length && new Set(first).size === first.length;
}

function isNumber(text: string): boolean {
  return /^\s*[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?\s*$|^(nan|inf|na)$/i.test(text);
}

function headerNames(
  fields: readonly string[],
  source: string,
): Pick<CsvLayout, "names" | "unnamed"> {
  const names: string[] = [];
  const unnamed: number[] = [];
  fields.forEach((field, i) => {
    if (field.includes("\ufffd")) {
      throw new DataError(
        `${source}, line 1: the name of column ${i + 1} is not UTF-8; save the file as UTF-8`,
      );
    }
    const name = field.trim();
    if (name === "") unnamed.push(i);
    names.push(name === "" ? `column${i + 1}` : name);
  });
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) {
    throw new DataError(
      `${source}, line 1: columns ${names.indexOf(names[twice]!) + 1} and ${twice + 1} have the same name ${JSON.stringify(names[twice])}; rename one, or give header false if line 1 is data`,
    );
  }
  return { names, unnamed };
}
