/** @file The program of the page of a study: a card for each claim. */
import type { StudyData } from "../study-html.ts";
import { say } from "../text.ts";
import { embeddedData, openPage } from "./live-page.ts";
import { claimSection, madeSection, outcomeSection } from "./study-sections.ts";

const data = JSON.parse(embeddedData()) as StudyData;
const { study } = data;

openPage({ language: data.language }, ({ language }) => ({
  title: say(language, "studyTitle", { data: study.data.name }),
  eyebrow: [say(language, "studyEyebrow"), study.data.name, study.model.text],
  sections: [
    outcomeSection(study, language),
    ...study.claims.map((claim) => claimSection(claim, language)),
    madeSection(data, language),
  ],
}));
