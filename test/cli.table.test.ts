/** The tables of a race in terminals of different widths. */
import { describe, expect, it } from "vitest";
import { engineTable, raceFindings, raceTable, tableNotes } from "../src/cli/race-table.ts";
import { sampleRace } from "./support/sample-race.ts";

const widest = (text: string): number => Math.max(...text.split("\n").map(({ length }) => length));

const races = {
  "three batch sizes": sampleRace(),
  "many batch sizes": sampleRace({ batchSizes: [1, 4, 16, 64, 256, 1024, 60000] }),
  "several seeds": sampleRace({ seeds: 3 }),
  "two engines": sampleRace({ engines: true }),
};

describe.each(Object.entries(races))("%s", (_name, race) => {
  it.each([60, 80, 100])("fit %i columns", (width) => {
    const texts = [
      raceTable(race, width),
      tableNotes(race, width),
      raceFindings(race, width),
      engineTable(race, width) ?? "",
    ];
    for (const text of texts) expect(widest(text)).toBeLessThanOrEqual(width);
  });

  it("show every batch size once, in order", () => {
    const shown = [...raceTable(race, 80).matchAll(/^batch size +(.*)$/gm)]
      .flatMap(([, sizes = ""]) => sizes.split(/\s+/))
      .map((size) => Number(size.replace(/,/g, "")));
    const sizes = race.runs.filter(({ seed }) => seed === 1).map(({ batchSize }) => batchSize);
    expect(shown).toEqual(sizes.toSorted((a, b) => a - b));
  });
});

it("three batch sizes stand side by side in 80 columns", () => {
  expect(raceTable(races["three batch sizes"], 80).match(/^batch size/gm)).toHaveLength(1);
});

it("say what was not reached, and over how many seeds", () => {
  const race = sampleRace({ seeds: 2, target: 0.97 });
  const missing = { reached: false, updates: null, examples: null, epochs: null, seconds: null };
  const runs = race.runs.map((run) =>
    run.batchSize === 60000 || (run.batchSize === 1 && run.seed === 2)
      ? { ...run, target: missing }
      : run,
  );
  const row = /^seconds to 97% accuracy.*$/m.exec(raceTable({ ...race, runs }, 100))?.[0];
  expect(row).toMatch(/accuracy +\S+ s \(1\/2\) .* not reached$/);
  expect(tableNotes({ ...race, runs }, 100)).toContain("± standard deviation over 2 seeds");
});
