/** @file What a race shows, in sentences that rest on its numbers and say what cannot be told. */
import type { Race } from "../advisor/race.ts";
import { cautions } from "./findings-cautions.ts";
import { facts } from "./findings-facts.ts";
import { headlines } from "./findings-headline.ts";
import { runsFindings } from "./findings-runs.ts";
import { comparedGroups, groupRuns } from "./groups.ts";
import { madeApart } from "./runs-apart.ts";
import type { Language } from "./text.ts";

/** One thing that a race shows. */
export interface Finding {
  /** What kind of statement it is. */
  readonly id: string;
  /** `headline`: the outcome; `detail`: the rest of the outcome; `fact`: why; `caution`: what limits it. */
  readonly tone: "headline" | "detail" | "fact" | "caution";
  readonly text: Readonly<Record<Language, string>>;
  /** The numbers that the text rests on, unrounded. */
  readonly numbers: Readonly<Record<string, number | null>>;
}

/**
 * What a race shows: first the headline, then details, facts and cautions. Runs of the ONNX engine are compared where
 * there are any. A group of runs has reached the target when all of its seeds have. Ranges are from the least to the
 * greatest over seeds.
 *
 * @example
 * for (const { tone, text } of findings(race)) console.log(tone, text.en);
 */
export function findings(race: Race): readonly Finding[] {
  const all = groupRuns(race);
  if (madeApart(race)) return runsFindings(race, all);
  const compared = comparedGroups(all);
  return [...headlines(race, compared), ...facts(race, compared), ...cautions(race, all)];
}
