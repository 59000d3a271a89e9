/** @file What the parser of arguments hands over. */

/** Options as commander gives them: text, switches, all texts of an option that may be given twice, or nothing. */
export type RawOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
