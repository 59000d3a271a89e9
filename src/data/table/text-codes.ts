/** @file Numbers for texts, in the order they are met. */

/** The different texts of a column. */
export interface TextCodes {
  /** The number of a text. */
  readonly code: (text: string) => number;
  /**
   * The number of a text of at most 12 bytes, given as DuckDB has it: its length and its bytes, in four words of 32 bits. Only what was
   * not met before is made a string.
   */
  readonly shortCode: (words: Uint32Array, at: number, text: () => string) => number;
  /** The texts by number. */
  readonly levels: readonly string[];
  /** About the bytes that they take. */
  readonly bytes: () => number;
}

/** Words of a place in the table of short texts: the text, and its number plus 1. */
const PLACE = 5;
/** More short texts than this are not worth a table. */
const MOST_SHORT = 2 ** 16;

/** What an entry of a map and a string take beside the characters, about. */
const ENTRY_BYTES = 80;

/** An empty collection of texts. */
export function textCodes(): TextCodes {
  const places = new Map<string, number>();
  const levels: string[] = [];
  let characters = 0;
  const code = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, levels.length);
    characters += text.length;
    return levels.push(text) - 1;
  };
  // Open addressing, at most half full.
  let capacity = 64;
  let table = new Uint32Array(PLACE * capacity);
  let short = 0;
  const grow = (): void => {
    const old = table;
    capacity *= 2;
    table = new Uint32Array(PLACE * capacity);
    for (let from = 0; from < old.length; from += PLACE) {
      if (old[from + 4] === 0) continue;
      table.set(old.subarray(from, from + PLACE), placeOf(table, capacity, old, from));
    }
  };
  return {
    code,
    levels,
    bytes: () => levels.length * ENTRY_BYTES + 2 * characters,
    shortCode: (words, at, text) => {
      const place = placeOf(table, capacity, words, at);
      const found = table[place + 4]!;
      if (found > 0) return found - 1;
      const number = code(text());
      if (short === MOST_SHORT) return number;
      table.set([words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, number + 1], place);
      short++;
      if (2 * short > capacity) grow();
      return number;
    },
  };
}

/** Where four words are in the table, or the free place where they belong. */
function placeOf(table: Uint32Array, capacity: number, words: Uint32Array, at: number): number {
  const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!];
  let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(c, 0xc2b2ae35) ^ d, 0x27d4eb2f);
  for (let slot = hash ^ (hash >>> 13); ; slot++) {
    const place = PLACE * (slot & (capacity - 1));
    if (table[place + 4] === 0) return place;
    const isIt =
      table[place] === a &&
      table[place + 1] === b &&
      table[place + 2] === c &&
      table[place + 3] === d;
    if (isIt) return place;
  }
}
