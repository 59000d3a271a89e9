/** @file The page of advice in a real browser: no errors, no requests, both languages, no overflow on a phone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Advice } from "../src/advisor/advice/advice.ts";
import { pageScript } from "../src/report/page-script.node.ts";
import { renderTune, type ExampleView } from "../src/report/tune-html.ts";
import { noBrowser, openFile, startBrowser, tooWideForPaper, widthsOf } from "./support/browser.ts";
import { sampleAdvice } from "./support/sample-advice.ts";

const hostile = '</script><img src="x" onerror="alert(1)">';
const pages: Readonly<Record<string, Advice>> = {
  usual: sampleAdvice({ limitBytes: 400e6 }),
  none: sampleAdvice({ reached: false, pilot: false }),
  seeds: twoSeeds(sampleAdvice({})),
  bare: sampleAdvice({ pilot: false, verdict: null, complete: false, confident: false }),
  hostile: sampleAdvice({ name: hostile, verdict: "did not hold", goal: "memory" }),
  stopped: stoppedAtOnce(sampleAdvice({ reached: false, pilot: false, complete: false })),
};

/** Each batch size that was raced with one more seed. */
function twoSeeds({ prediction, ...advice }: Advice): Advice {
  const more = prediction.raced.map((run) => ({ ...run, seed: run.seed + 1 }));
  return { ...advice, prediction: { ...prediction, runs: [...prediction.runs, ...more] } };
}

/** Advice that was stopped before anything was measured. */
function stoppedAtOnce(advice: Advice): Advice {
  return {
    ...advice,
    throughput: { points: [], best: [], seconds: 0 },
    memory: { points: [], limitBytes: null, largestBatchSize: 0 },
    prediction: { ...advice.prediction, runs: [] },
  };
}

/** A grey image of 2 × 3 pixels, and one in colour of 1 × 2. */
const examples: readonly ExampleView[] = [
  {
    index: 59915,
    label: "seven",
    values: null,
    image: { channels: 1, height: 2, width: 3, pixels: [0, 50, 100, 150, 200, 250] },
  },
  {
    index: 2720,
    label: hostile,
    values: null,
    image: { channels: 3, height: 1, width: 2, pixels: [10, 20, 30, 40, 50, 60] },
  },
  {
    index: 10994,
    label: "12.5",
    values: {
      shown: [
        { name: "height", value: 1234.5, missing: false },
        { name: hostile, value: hostile, missing: false },
        { name: "city", value: null, missing: true },
      ],
      more: 30,
    },
    image: null,
  },
];

describe.skipIf(noBrowser)("the page of advice in Chromium", { timeout: 30_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "minibatch-tune-"));
    const script = await pageScript("tune");
    for (const [name, advice] of Object.entries(pages)) {
      const options = { command: "minibatch tune mnist", examples };
      await writeFile(join(folder, `${name}.html`), renderTune(advice, script, options));
    }
    browser = await startBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const open = (name: string, width: number, locale = "en-GB") =>
    openFile(browser, join(folder, `${name}.html`), { width, locale });

  const labelsOf = (page: Page) =>
    page
      .locator(".chart svg[role=img]")
      .evaluateAll((charts) => charts.map((chart) => chart.getAttribute("aria-label")));

  it.each(Object.keys(pages))(
    "draws the advice %s at 360 px without errors, requests or overflow",
    async (name) => {
      for (const locale of ["en-GB", "zh-CN"]) {
        const { page, complaints } = await open(name, 360, locale);
        const { scroll, inner } = await widthsOf(page);
        const title = await page.locator("h1").innerText();
        const holes = /[{}]|undefined|NaN|Infinity|null/.exec(
          await page.locator("main").innerText(),
        );
        await page.close();
        expect(complaints).toEqual([]);
        expect(scroll).toBeLessThanOrEqual(inner);
        expect(title).not.toBe("");
        expect(holes).toBeNull();
      }
    },
  );

  it("does not break the heads of tables inside words on a phone", async () => {
    for (const locale of ["en-GB", "zh-CN"]) {
      const { page } = await open("usual", 390, locale);
      const heads = await page.locator(".heads thead th").evaluateAll((all) =>
        all.flatMap((head) => {
          const [word] = head.childNodes;
          if (!(word instanceof Text) || !/^(\w{2,8}|[\u4e00-\u9fff]{2,3})$/.test(word.data))
            return [];
          const range = document.createRange();
          range.selectNodeContents(word);
          return [{ word: word.data, lines: range.getClientRects().length }];
        }),
      );
      await page.close();
      expect(heads.length).toBeGreaterThan(3);
      expect(heads.filter(({ lines }) => lines > 1)).toEqual([]);
    }
  });

  it.each(Object.keys(pages))("fits on paper: the advice %s", async (name) => {
    for (const locale of ["en-GB", "zh-CN"])
      expect(await tooWideForPaper(browser, join(folder, `${name}.html`), locale)).toEqual([]);
  });

  it("says what to use, and draws and labels what is behind it", async () => {
    const { page } = await open("usual", 1200);
    const title = await page.locator("h1").innerText();
    const text = await page.locator("main").innerText();
    const labels = await labelsOf(page);
    const rows = await page.locator("#points tbody tr").count();
    const marked = await page.locator("#points tr.chosen th").innerText();
    const runs = await page.locator("#runs tbody tr").count();
    await page.close();
    // S(64) = 450 (1 + 183 / 64) = 1,737 updates of 17 + 9 + 2.4 · 64 / 1.85 = 109 µs
    expect(title).toBe(
      "Batch size 64, learning rate 0.31, 2 threads: 97% accuracy in about 0.19\u00a0s of training.",
    );
    expect(text).toContain(
      "Raced at batch sizes 32, 64 and 128, with other seeds: the prediction held.",
    );
    expect(text).toContain("Batch sizes 32 to 128 cost about the same, within 10%.");
    expect(labels).toHaveLength(6);
    expect(labels.every((label) => label !== null && label.length > 10)).toBe(true);
    expect(rows).toBe(13); // 1, 2, 4, … 4,096
    expect(marked).toMatch(/^64/);
    expect(runs).toBe(9 + 9);
  });

  it("draws every seed at the rate of its batch size as such", async () => {
    // Three batch sizes at three rates: the best one with two seeds, one that arrived, and one that diverged.
    const { page } = await open("seeds", 1200);
    const dots = page.locator(".chart svg[role=img]").first().locator("[aria-label=dot]");
    const filled = await dots.locator('xpath=self::*[@fill="var(--series-0)"]/*').count();
    const hollow = await dots.locator('xpath=self::*[@fill="var(--paper)"]/*').count();
    await page.close();
    expect([filled, hollow]).toEqual([3 * 2, 3]);
  });

  it("says it in Chinese as well, and keeps the choice in the address", async () => {
    const { page } = await open("usual", 1200, "zh-CN");
    const chinese = await page.locator("h1").innerText();
    await page.locator("#lang-en").check();
    const english = await page.locator("h1").innerText();
    const { hash } = new URL(page.url());
    await page.close();
    expect(chinese).toContain("批大小 64、学习率 0.31、2 个线程");
    expect(english).toContain("Batch size 64");
    expect(hash).toBe("#lang=en");
  });

  it("puts the marks of the races where they were measured", async () => {
    const { page } = await open("usual", 1200);
    const chart = page.locator(".main-chart svg").first();
    const places = await chart
      .locator(
        '[aria-label=dot] path[fill="var(--series-1)"], [aria-label=dot][fill="var(--series-1)"] path',
      )
      .evaluateAll((marks) =>
        marks.map((mark) => mark.getBoundingClientRect()).map(({ x, width }) => x + width / 2),
      );
    const line = await chart.locator("[aria-label=rule] line").first().boundingBox();
    await page.close();
    expect(places).toHaveLength(3);
    // On a logarithmic axis 32, 64 and 128 are equally far apart, and 64 stands on the line of the recommendation.
    expect(places[1]! - places[0]!).toBeCloseTo(places[2]! - places[1]!, 1);
    expect(Math.abs(places[1]! - line!.x - line!.width / 2)).toBeLessThan(1);
  });

  it("draws the examples that make the noise, pixel by pixel", async () => {
    const { page } = await open("usual", 1200);
    const drawn = await page.locator(".examples canvas").evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = (canvas as HTMLCanvasElement).getContext("2d")!;
        return [...context.getImageData(0, 0, width, height).data];
      }),
    );
    const items = await page.locator(".examples li").allInnerTexts();
    await page.close();
    const grey = [0, 50, 100, 150, 200, 250].flatMap((value) => [value, value, value, 255]);
    expect(drawn).toEqual([grey, [10, 30, 50, 255, 20, 40, 60, 255]]);
    expect(items).toHaveLength(5);
    expect(items[0]).toContain("Row 59,915");
    expect(items[0]).toContain("target: seven");
    expect(items[0]).toContain("0.4% of the noise");
    expect(items[1]).toContain(hostile);
    expect(items[2]?.split("\n").filter((line) => line !== "")).toEqual([
      ...["Row 10,994", "target: 12.5", "0.13% of the noise"],
      ...["height", "1,235", hostile, hostile, "city", "missing", "and 30 more"],
    ]);
  });

  it("shows every column of its tables on a wide screen", async () => {
    const { page } = await openFile(browser, join(folder, "usual.html"), { width: 1280 });
    const cut = await page
      .locator(".scroll")
      .evaluateAll((boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).length);
    expect(cut).toBe(0);
    await page.close();
  });

  it("says what is missing", async () => {
    const texts: Record<string, string> = {};
    for (const name of ["none", "bare", "hostile", "stopped"]) {
      const { page } = await open(name, 1200);
      texts[name] = await page.locator("main").innerText();
      await page.close();
    }
    expect(texts["none"]).toContain("No batch size can be recommended.");
    expect(texts["none"]).toContain(
      "No run at batch size 32 reached 97% accuracy within 9,375 updates, at any learning rate; the nearest came to 91%, and a constant prediction comes to 11.35%.",
    );
    expect(texts["bare"]).toContain("Stopped before the end");
    expect(texts["bare"]).toContain("The recommendation was not raced.");
    expect(texts["bare"]).toContain(
      "Cannot tell it from 16 and 256: not raced, and perhaps clearly faster, by the ends of the intervals.",
    );
    expect(texts["hostile"]).toContain("the prediction did not hold.");
    expect(texts["hostile"]).toContain("with about 251\u00a0MB of memory");
    expect(texts["stopped"]).toContain("Stopped before a recommendation.");
  });

  it("hands over its data as a file", async () => {
    const { page } = await open("usual", 1200);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("a[download]").click(),
    ]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Uint8Array);
    await page.close();
    const advice = JSON.parse(Buffer.concat(chunks).toString()) as Advice;
    expect(download.suggestedFilename()).toBe("tune-mnist.json");
    expect(advice.prediction.points.map(({ batchSize }) => batchSize)).toEqual(
      pages["usual"]!.prediction.points.map(({ batchSize }) => batchSize),
    );
  });
});
