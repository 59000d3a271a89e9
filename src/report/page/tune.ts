/** @file The program of the page of advice: what is recommended, and the evidence. */
import { adviceTitle } from "../advice-words.ts";
import { readAdvice } from "../read-advice.ts";
import { say } from "../text.ts";
import type { TuneData } from "../tune-html.ts";
import { embeddedData, openPage } from "./live-page.ts";
import type { TuneScene } from "./tune-axes.ts";
import { howSection } from "./tune-how.ts";
import * as parts from "./tune-sections.ts";

const data = readAdvice(embeddedData()) as TuneData;
const { advice } = data;

openPage({ language: data.language }, ({ language }) => {
  const scene: TuneScene = { advice, language };
  return {
    title: adviceTitle(language, advice),
    eyebrow: [say(language, "tuneEyebrow"), advice.data.name, advice.model.text],
    sections: [
      parts.wordsSection(scene),
      parts.timeSection(scene),
      parts.pointsSection(scene),
      parts.memorySection(scene),
      parts.noiseSection(scene),
      ...parts.sourcesSection(scene, data),
      parts.runsSection(scene),
      howSection(scene, data, JSON.stringify(advice)),
    ],
  };
});
