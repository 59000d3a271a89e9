/** @file The report in a real browser: no errors, no requests, working switches, no overflow on a phone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import { renderReport } from "../src/report/html.ts";
import { pageScript } from "../src/report/page-script.node.ts";
import { noBrowser, openFile, startBrowser, tooWideForPaper, widthsOf } from "./support/browser.ts";
import { madeRun } from "./support/made-runs.ts";
import { plainRace, plainRun } from "./support/plain-race.ts";
import { sampleRace } from "./support/sample-race.ts";

const nothing = { updates: [], examples: [], epochs: [], seconds: [] };
const noCurve = { ...nothing, trainLoss: [], validationLoss: [], validationMetric: [] };
const lost = plainRun({
  batchSize: 1,
  regime: "SGD",
  status: "diverged",
  message: "the loss became NaN",
  validationLoss: Number.NaN,
  validationMetric: Number.NaN,
});

const preparation = {
  rows: 1309,
  dropped: { target: 2, features: 5 },
  imputed: [{ column: "age", rows: 263, value: "29.9" }],
};
const houses = {
  data: { ...madeRun("").origin.data, name: "houses", preparation },
  metric: { name: "rootMeanSquaredError", better: "lower" },
} as const;

/** The usual race, in which the losses of batch size 1 jump up and down. */
function tangled(): Race {
  const race = sampleRace({});
  const jump = (losses: readonly (number | null)[]) =>
    losses.map((loss, i) => (loss === null ? null : loss * (i % 2 === 0 ? 20 : 0.05)));
  const runs = race.runs.map((run) => {
    const { curve } = run;
    if (run.batchSize !== 1) return run;
    const validationLoss = jump(curve.validationLoss).map(Number);
    return { ...run, curve: { ...curve, validationLoss, trainLoss: jump(curve.trainLoss) } };
  });
  return { ...race, runs };
}

const races: Readonly<Record<string, Race>> = {
  usual: sampleRace({ engines: true }),
  seeds: sampleRace({ batchSizes: [1, 2, 4, 8, 16, 32, 64, 256, 1024, 4096, 60000], seeds: 3 }),
  hostile: sampleRace({ name: '</script><img src="x" onerror="alert(1)">' }),
  broken: plainRace([lost, plainRun({ status: "aborted", curve: noCurve })], { complete: false }),
  tangled: tangled(),
  single: sampleRace({ batchSizes: [60000], seconds: 0.05, target: null }),
  none: plainRace([], { complete: false }),
  apart: plainRace(
    [madeRun("first-run", { batchSize: 8 }), madeRun("second-run", { validationMetric: 0.95 })],
    { target: null },
  ),
  mixed: plainRace(
    [
      madeRun("digits-1"),
      madeRun("houses-1", { status: "running", validationMetric: 3 }, { ...houses, loss: "huber" }),
    ],
    { target: null },
  ),
};

describe.skipIf(noBrowser)("the report in Chromium", { timeout: 30_000 }, () => {
  let browser: Browser;
  let folder: string;
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "minibatch-report-"));
    const script = await pageScript("report");
    for (const [name, race] of Object.entries(races)) {
      await writeFile(
        join(folder, `${name}.html`),
        renderReport(race, script, { command: "minibatch compare" }),
      );
    }
    browser = await startBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(name: string, width: number, hash = "", locale = "en-GB"): Promise<Page> {
    const opened = await openFile(browser, join(folder, `${name}.html`), { width, hash, locale });
    complaints = opened.complaints;
    return opened.page;
  }

  it.each(Object.keys(races))(
    "draws the race %s at 360 px without errors, requests or overflow",
    async (name) => {
      const page = await open(name, 360);
      const { scroll, inner } = await widthsOf(page);
      const title = await page.locator("h1").innerText();
      await page.close();
      expect(complaints).toEqual([]);
      expect(scroll).toBeLessThanOrEqual(inner);
      expect(title).not.toBe("");
    },
  );

  it.each(Object.keys(races))("fits on paper: the race %s", async (name) => {
    expect(await tooWideForPaper(browser, join(folder, `${name}.html`))).toEqual([]);
  });

  it("names the winner, draws every chart and labels it", async () => {
    const page = await open("usual", 1200);
    const title = await page.locator("h1").innerText();
    const labels = await page
      .locator(".chart svg[role=img]")
      .evaluateAll((charts) => charts.map((chart) => chart.getAttribute("aria-label")));
    const rows = await page.locator("#runs tbody tr").count();
    await page.close();
    expect(title).toMatch(/^Batch size 64 reached 97% accuracy first/);
    expect(labels).toHaveLength(8);
    expect(labels.every((label) => label !== null && label.length > 10)).toBe(true);
    expect(rows).toBeGreaterThan(12);
  });

  it("draws running means over curves that cannot be followed, and says so", async () => {
    const titles = async (name: string) => {
      const page = await open(name, 1200);
      const found = await page.locator(".charts figure h3").allInnerTexts();
      const notes = await page.locator("main").innerText();
      const thin = await page.locator('.charts [stroke-opacity="0.35"]').count();
      await page.close();
      const said = notes.includes("the bold line is the mean over a tenth of the axis");
      return { bold: found.map((title) => title.endsWith("bold: running mean")), said, thin };
    };
    const { bold, said, thin } = await titles("tangled");
    expect(bold.slice(0, 3)).toEqual([false, true, true]);
    expect(said).toBe(true);
    expect(thin).toBeGreaterThan(0);
    expect(await titles("usual")).toMatchObject({ said: false, thin: 0 });
  });

  it("says whose paths the plane was made from", async () => {
    const said = async (name: string) => {
      const page = await open(name, 1200);
      const text = await page.locator("main").innerText();
      await page.close();
      return ["all runs", "the runs of the first seed", "other seeds start elsewhere"].filter(
        (words) => text.includes(words),
      );
    };
    expect(await said("usual")).toEqual(["all runs"]);
    expect(await said("seeds")).toEqual([
      "the runs of the first seed",
      "other seeds start elsewhere",
    ]);
  });

  it("ends no line inside an option of the command line", async () => {
    const page = await open("usual", 390);
    const lines = await page
      .locator(".option")
      .evaluateAll((options) => options.map((option) => option.getClientRects().length));
    await page.close();
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines)).toEqual(new Set([1]));
  });

  it("shows both engines beside each other without scrolling", async () => {
    const page = await open("usual", 1100);
    const [scroll, client] = await page
      .locator(".heads")
      .evaluate((table) => [table.scrollWidth, table.clientWidth]);
    await page.close();
    expect(scroll).toBe(client);
  });

  it("switches the axis by the keyboard, keeps it in the address and takes it from there", async () => {
    const page = await open("usual", 1200);
    const label = page.locator(".charts .chart svg").first().getByText("seconds of training");
    expect(await label.count()).toBe(1);
    await page.locator("#x-seconds").focus();
    await page.keyboard.press("ArrowLeft");
    expect(await label.count()).toBe(0);
    const epochs = page.locator(".charts .chart svg").first().getByText("epochs", { exact: true });
    expect(await epochs.count()).toBe(1);
    expect(new URL(page.url()).hash).toBe("#x=epochs");
    await page.close();
    const again = await open("usual", 1200, "#x=updates&xscale=linear&hide=64");
    const shown = await again
      .locator("#x-updates, #xscale-linear, #show-64")
      .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).checked));
    await again.close();
    expect(shown).toEqual([true, true, false]);
  });

  it("hides a batch size from every chart", async () => {
    const page = await open("usual", 1200);
    const lines = page.locator(".charts .chart svg").first().locator('[stroke="var(--series-1)"]');
    const before = await lines.count();
    await page.locator("#show-64").uncheck();
    await page.locator("#show-64-loops").uncheck();
    const after = await lines.count();
    await page.close();
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(0);
  });

  it("speaks the reader's language and switches it", async () => {
    const page = await open("usual", 1200, "", "zh-CN");
    const chinese = await page.locator("h1").innerText();
    await page.locator("#lang-en").check();
    const english = await page.locator("h1").innerText();
    const lang = await page.locator("html").getAttribute("lang");
    const { hash } = new URL(page.url());
    await page.close();
    expect(chinese).toContain("批大小 64");
    expect(english).toContain("Batch size 64");
    expect([lang, hash]).toEqual(["en", "#lang=en"]);
  });

  it("hands over its data as a file", async () => {
    const page = await open("usual", 1200);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("a[download]").click(),
    ]);
    const stream = await download.createReadStream();
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk as Uint8Array);
    await page.close();
    const race = JSON.parse(Buffer.concat(chunks).toString()) as Race;
    expect(download.suggestedFilename()).toBe("race-mnist.json");
    expect(race.runs.map((run) => run.updates)).toEqual(
      races["usual"]!.runs.map((run) => run.updates),
    );
  });

  it("shows runs that were made apart, without what only a race measures", async () => {
    const page = await open("apart", 1200);
    const title = await page.locator("h1").innerText();
    const text = await page.locator("main").innerText();
    const charts = await page
      .locator(".chart svg[role=img]")
      .evaluateAll((all) => all.map((chart) => chart.getAttribute("aria-label")));
    const heads = await page.locator("#runs thead th").allInnerTexts();
    await page.close();
    expect(title.replace(/\u2060/g, "")).toMatch(/^The best accuracy is that of second-run: 95%/);
    expect(text).toContain("Runs side by side · 2 runs on hand-made");
    expect(text).toContain("The runs differ in batch size.");
    expect(text).toContain("Paths on the loss surface and the noise of the gradient are left out");
    expect(text).not.toContain("same initial parameters");
    expect(charts).toHaveLength(3);
    expect(charts[0]).toContain("one line for each run: first-run, second-run");
    expect(heads.map((head) => head.trim())).toEqual(["Run", "first-run", "second-run"]);
  });

  it("keeps runs on different data apart, and says what became of the rows", async () => {
    const page = await open("mixed", 1200, "", "zh-CN");
    const chinese = await page.locator("main").innerText();
    await page.locator("#lang-en").check();
    const english = await page.locator("main").innerText();
    const label = await page.locator(".chart svg[role=img]").first().getAttribute("aria-label");
    await page.close();
    expect(english).toContain("2 runs that cannot all be compared");
    expect(english).toContain(
      "1,309 rows read, 7 dropped, 263 missing values imputed. Dropped: 2 without a target, 5 with another missing value. Imputed: 263 in age.",
    );
    expect(chinese).toContain("读入 1,309 行，丢弃 7 行，填补缺失值 263 个。");
    expect(label).toContain("accuracy");
    expect(english).toContain("not ended");
  });

  it("shows the value under the pointer", async () => {
    const page = await open("usual", 1200);
    const chart = page.locator(".charts .chart svg").first();
    await chart.locator("[aria-label=dot] path").first().hover({ force: true });
    const tip = chart.locator("[aria-label=tip]");
    await tip.getByText("seconds:").waitFor();
    const text = (await tip.textContent()) ?? "";
    await page.close();
    expect(text).toContain("Validation accuracy:");
  });
});
