/** @file The page of a study in a real browser: no errors, no requests, both languages, no overflow on a phone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Claim, Study } from "../src/index.ts";
import { pageScript } from "../src/report/page-script.node.ts";
import { renderStudy } from "../src/report/study-html.ts";
import { noBrowser, openFile, startBrowser, tooWideForPaper, widthsOf } from "./support/browser.ts";

const hostile = '</script><img src="x" onerror="alert(1)">';

function claim(number: number, part: Partial<Claim> = {}): Claim {
  return {
    ...{ id: `claim-${number}`, number, verdict: "holds", seconds: 1.5 },
    claim: { en: `Claim number ${number}, B = 8`, zh: `第 ${number} 种说法` },
    evidence: {
      summary: { en: `Measured ${number}.`, zh: `测得 ${number}。` },
      rule: { en: "Holds when it does.", zh: "成立则成立。" },
      rows: [1, 8, 64].flatMap((batchSize) => [
        { "batch size": batchSize, engine: "matrices", seconds: 1 / batchSize },
        { "batch size": batchSize, engine: "loops", seconds: batchSize === 8 ? null : 2 },
      ]),
      chart: { x: "batch size", y: "seconds", series: "engine", logX: true, logY: true },
    },
    ...part,
  };
}

const bare = {
  summary: { en: hostile, zh: hostile },
  rule: { en: "–", zh: "–" },
  rows: [],
  chart: null,
};
const studies: Readonly<Record<string, Study>> = {
  usual: made([
    claim(1),
    claim(2, { verdict: "does not hold" }),
    claim(3, { verdict: "cannot tell", evidence: bare }),
  ]),
  none: { ...made([]), complete: false },
};

function made(claims: readonly Claim[]): Study {
  return {
    data: { name: hostile, training: 1437, validation: 360, task: "classification", source: null },
    model: { text: "dense(10)", parameters: 650 },
    optimizer: "adam",
    ...{ seed: 1, seeds: 3, claims, seconds: 12, complete: true },
    environment: { minibatch: "0.1.0", runtime: "r", machine: "m", date: "2026-01-02T03:04:05Z" },
  };
}

describe.skipIf(noBrowser)("the page of a study in Chromium", { timeout: 30_000 }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "minibatch-study-"));
    const script = await pageScript("study");
    for (const [name, study] of Object.entries(studies))
      await writeFile(
        join(folder, `${name}.html`),
        renderStudy(study, script, { command: "minibatch study digits" }),
      );
    browser = await startBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  it.each(Object.keys(studies))("draws %s on a phone without errors or overflow", async (name) => {
    const { page, complaints } = await openFile(browser, join(folder, `${name}.html`), {
      width: 360,
    });
    const { scroll, inner } = await widthsOf(page);
    const title = await page.locator("h1").innerText();
    await page.close();
    expect(complaints).toEqual([]);
    expect(scroll).toBeLessThanOrEqual(inner);
    expect(title).not.toBe("");
  });

  it.each(Object.keys(studies))("fits on paper: %s", async (name) => {
    expect(await tooWideForPaper(browser, join(folder, `${name}.html`))).toEqual([]);
  });

  it("has a card a claim: verdict in words and a sign, chart, legend, numbers", async () => {
    const file = join(folder, "usual.html");
    const { page, complaints } = await openFile(browser, file, { width: 1200 });
    expect(await page.locator("h1").innerText()).toBe(
      "Of 3 claims about batch sizes, 1 holds here, 1 does not, and 1 cannot be told.",
    );
    const badges = await page.locator(".claim .verdict").allInnerTexts();
    expect(badges.map((text) => text.replace(/\s+/g, " "))).toEqual([
      "✓ holds",
      "✕ does not hold",
      "? cannot tell",
    ]);
    const first = page.locator("#claim-1");
    // An equation is not broken over lines.
    expect(await first.locator("h2").innerText()).toBe("Claim number 1, B\u00a0=\u00a08");
    // Of two lines the first has the larger markers: it is seen where the second hides it.
    const [measured = 0, law = 0] = await first
      .locator("svg[role=img] [aria-label=dot] > *")
      .evaluateAll((dots) =>
        [dots[0], dots.at(-1)].map((dot) => dot?.getBoundingClientRect().width ?? 0),
      );
    expect(measured).toBeGreaterThan(1.5 * law);
    expect(await first.locator("svg[role=img]").getAttribute("aria-label")).toBe(
      "seconds · batch size",
    );
    expect(await first.locator("svg[role=img] [aria-label=dot] > *").count()).toBe(5); // one of six is not known
    expect(await first.locator(".keys li").allInnerTexts()).toEqual(["matrices", "loops"]);
    await first.locator("summary").click();
    expect(await first.locator("tbody tr").count()).toBe(6);
    expect(await first.locator("tbody tr").nth(3).innerText()).toMatch(/8\s+loops\s+–/);
    expect(await page.locator("#claim-3 svg").count()).toBe(0);
    expect(await page.locator("#claim-3 p").nth(1).innerText()).toBe(hostile);
    await page.close();
    expect(complaints).toEqual([]);
  });

  it("speaks Chinese, and keeps the language when a claim is looked up", async () => {
    const file = join(folder, "usual.html");
    const { page } = await openFile(browser, file, { width: 1200 });
    await page.locator("#lang-zh").check({ force: true });
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    expect(await page.locator("#claim-1 .keys li").allInnerTexts()).toEqual(["矩阵", "循环"]);
    await page.locator(".contents a").nth(1).click();
    expect(page.url()).toContain("#lang=zh");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("claim-2");
    await page.close();
  });
});
