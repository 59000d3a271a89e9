/** @file The program of the page of a race: what was found, and the evidence. */
import { groupRuns, madeApart } from "../groups.ts";
import type { ReportData } from "../html.ts";
import { titleOf } from "../runs-apart.ts";
import { say } from "../text.ts";
import { chartControls } from "./controls.ts";
import { embeddedData, openPage } from "./live-page.ts";
import { enginesSection, measuredSection } from "./measured.ts";
import * as parts from "./sections.ts";

const data = JSON.parse(embeddedData()) as ReportData;
const { race } = data;
const groups = groupRuns(race);

openPage(
  { language: data.language, xScale: groups.length > 1 ? "log" : "linear" },
  (state, change) => {
    const { language } = state;
    const scene: parts.Scene = { race, groups, language };
    return {
      title: titleOf(language, race),
      eyebrow: madeApart(race)
        ? [say(language, "runsEyebrow"), titleOf(language, race)]
        : [say(language, "eyebrow"), race.data.name, race.model.text],
      sections: [
        parts.findingsSection(scene),
        parts.curvesSection(scene, chartControls(groups, state, change)),
        parts.planeSection(scene),
        parts.tableSection(scene),
        parts.noiseSection(scene),
        parts.ratesSection(scene),
        enginesSection(scene),
        measuredSection(scene, data, JSON.stringify(race)),
      ],
    };
  },
);
