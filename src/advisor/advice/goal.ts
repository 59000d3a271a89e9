/** @file What advice is to make small. */

/** What the recommended batch size is to make small: seconds to the target, examples to the target, or memory. */
export const goals = ["time", "examples", "memory"] as const;
export type Goal = (typeof goals)[number];
