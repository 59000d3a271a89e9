/** @file What a race shows, in sentences that rest on its numbers and say what cannot be told. */
import type { Race } from "../advisor/race.ts";
import type { Finding } from "./findings-common.ts";
import { cautions } from "./findings-cautions.ts";
import { facts } from "./findings-facts.ts";
import { headlines } from "./findings-headline.ts";
import { runsFindings } from "./findings-runs.ts";
import { comparedGroups, groupRuns, madeApart } from "./groups.ts";

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
