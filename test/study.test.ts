/** @file The study: its closed forms, a study of small data end to end, one that is stopped, and refusals. */
import { describe, expect, it } from "vitest";
import { flopsPerExample } from "../src/compile/flops.ts";
import { Bench } from "../src/advisor/study/bench.ts";
import { noiseLaw } from "../src/advisor/study/claims/noise-law.ts";
import {
  meanLoss,
  stationaryPoints,
  valleyData,
} from "../src/advisor/study/claims/poor-minimum.ts";
import { largestStable, quadratic } from "../src/advisor/study/claims/stable-rate.ts";
import { planStudy } from "../src/advisor/study/plan-study.ts";
import {
  dense,
  fromArrays,
  relu,
  sequential,
  study,
  type StudyEvent,
  type StudyOptions,
} from "../src/index.ts";
import { digits } from "../src/datasets.ts";
import { configure } from "../src/train/config.ts";
import { messageOf } from "./support/message.ts";
import { threeClasses } from "./support/runs.ts";

const data = threeClasses(400, 5, "float32");
const model = sequential([dense(8), relu(), dense(3)]);

async function watch(options: StudyOptions) {
  const running = study(model, data, { seed: 3, ...options });
  const events: StudyEvent[] = [];
  for await (const event of running) events.push(event);
  return { events, result: await running.result };
}

describe("closed forms", () => {
  it("counts the operations of 784–128–10: 2 · 101,632 forward, as many for weights, 2 · 1,280 for the hidden layer", () => {
    const images = { ...threeClasses(10), x: { data: new Float32Array(7840), shape: [784] } };
    const { spec } = configure(sequential([dense(128), relu(), dense(10)]), images, {});
    expect(flopsPerExample(spec)).toBe(4 * (784 * 128 + 128 * 10) + 2 * 1280);
  });

  it("has the noise of all pairs of 6 gradients: exact enumeration of draws without replacement", () => {
    const gradients = [1, 4, -2, 7, 0, 2];
    const mean = gradients.reduce((sum, g) => sum + g, 0) / 6;
    const trace = gradients.reduce((sum, g) => sum + (g - mean) ** 2, 0) / 6;
    const pairs = gradients.flatMap((a, i) => gradients.slice(i + 1).map((b) => (a + b) / 2));
    const square = pairs.reduce((sum, g) => sum + (g - mean) ** 2, 0) / pairs.length;
    expect(noiseLaw(trace / mean ** 2, 2, 6)).toBeCloseTo(Math.sqrt(square) / mean, 12);
    expect(noiseLaw(trace / mean ** 2, 6, 6)).toBe(0);
  });

  it("finds the full batch of a quadratic stable up to 2/λmax", async () => {
    const bench = new Bench(planStudy(model, data, { seed: 1 }));
    for (const seed of [1, 2]) {
      const task = quadratic(seed);
      const rate = await largestStable(bench, task, { batchSize: 64, seed }, 1.01);
      expect(Math.abs((rate * task.largestEigenvalue) / 2 - 1)).toBeLessThan(0.01);
    }
  });

  it("starts in a minimum that is the worse of two, with a ridge between, and pulls that add up to 0", () => {
    const [poor, ridge, good] = stationaryPoints();
    for (const w of [poor, ridge, good])
      expect((meanLoss(w + 1e-5) - meanLoss(w - 1e-5)) / 2e-5).toBeCloseTo(0, 8);
    expect(meanLoss(ridge)).toBeGreaterThan(meanLoss(poor));
    expect(meanLoss(poor)).toBeGreaterThan(meanLoss(good));
    expect([...valleyData().y.data].reduce((sum, a) => sum + a, 0)).toBe(0);
  });
});

describe("a study", { timeout: 60_000 }, () => {
  it("tests what it is asked, in order, and tells what it does", async () => {
    const { events, result } = await watch({ claims: [10, 1, 12, 3], seeds: 2 });
    expect(result).toMatchObject({ seed: 3, seeds: 2, complete: true });
    expect(result.data).toMatchObject({ training: 360, validation: 40 });
    expect(result.claims.map(({ number, id, verdict }) => [number, id, verdict])).toEqual([
      [1, "updates-per-epoch", "holds"],
      [3, "noise-law", "holds"],
      [10, "vectorisation", "holds"],
      [12, "data-size", "cannot tell"],
    ]);
    expect(events.filter(({ type }) => type === "claim")).toHaveLength(4);
    expect(events.filter(({ type }) => type === "verdict")).toHaveLength(4);
    const [counts] = result.claims;
    expect(counts?.evidence.rows).toContainEqual({
      ...{ "batch size": 7, "last batch": "kept", updates: 52, expected: 52, examples: 360 },
    });
    for (const { evidence } of result.claims) {
      const columns = evidence.rows.map((row) => Object.keys(row).join());
      expect(new Set(columns).size).toBeLessThanOrEqual(1);
      const { chart } = evidence;
      if (chart !== null)
        expect(columns[0]?.split(",")).toEqual(expect.arrayContaining([chart.x, chart.y]));
    }
  });

  it("cannot tell from one seed what depends on chance", async () => {
    const { result } = await watch({ claims: [1, 3, 4], seeds: 1 });
    expect(result.claims.map(({ verdict }) => verdict)).toEqual([
      "holds",
      "cannot tell",
      "cannot tell",
    ]);
  });

  it("races digits to a target", async () => {
    const { training, test } = await digits();
    const running = study(sequential([dense(32), relu(), dense(10)]), training, {
      ...{ claims: [9], seeds: 2, seed: 1, validation: test },
    });
    const { claims } = await running.result;
    const rows = claims[0]!.evidence.rows;
    expect(rows.map((row) => row["batch size"])).toEqual([1, 8, 32, 64, 256, 1437]);
    const reached = rows.filter((row) => row["reached"] === "2/2");
    expect(reached.length).toBeGreaterThan(3);
    const updates = reached.map((row) => Number(row["updates"]));
    expect(updates[0]).toBeGreaterThan(5 * updates.at(-1)!);
  });

  it("keeps the claims that are done when it is stopped", async () => {
    const stop = new AbortController();
    const running = study(model, data, { claims: [1, 6, 9], seed: 1, signal: stop.signal });
    for await (const event of running)
      if (event.type === "step" && event.number === 6) stop.abort();
    const { claims, complete } = await running.result;
    expect(claims.map(({ number }) => number)).toEqual([1]);
    expect(complete).toBe(false);
  });

  it("keeps them, too, when it is stopped while updates are timed", async () => {
    const stop = new AbortController();
    const running = study(model, data, { claims: [1, 9], seed: 1, signal: stop.signal });
    for await (const event of running)
      if (event.type === "step" && event.what === "what updates take") stop.abort();
    const { claims, complete } = await running.result;
    expect({ numbers: claims.map(({ number }) => number), complete }).toEqual({
      ...{ numbers: [1], complete: false },
    });
  });

  it("counts the updates of an epoch where every learning rate diverges", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => [1e6 * Math.sin(i), 1e6 * Math.cos(3 * i)]);
    const large = fromArrays(rows, rows.map(([x]) => x!), { task: "regression" }); // prettier-ignore
    const { claims } = await study(sequential([dense(1)]), large, {
      ...{ claims: [1], seeds: 2, seed: 1, validation: large },
    }).result;
    expect(claims.map(({ verdict }) => verdict)).toEqual(["holds"]);
  });

  it("refuses claims that do not exist, options that do not exist, and bad numbers", () => {
    const refused = (options: object) => messageOf(() => study(model, data, options));
    expect(refused({ claims: [13] })).toBe("claims must be whole numbers from 1 to 12, got 13");
    expect(refused({ claims: [] })).toBe(
      "claims must hold at least one number from 1 to 12, got none",
    );
    expect(refused({ seeds: 0 })).toBe("seeds must be a whole number of at least 1, got 0");
    expect(refused({ seconds: -1 })).toBe("seconds must be a positive number, got -1");
    expect(refused({ claim: [1] })).toContain("option of study must be one of claims, seeds");
  });
});
