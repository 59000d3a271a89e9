/** @file The picture of the README: the top of a report, as Chromium draws it. `npx tsx scripts/report-picture.ts report.html` */
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report = "report.html", picture = "docs/report.png"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage({
  viewport: { width: 1200, height: 1000 },
  colorScheme: "light",
});
await page.goto(pathToFileURL(report).href);
await page.waitForTimeout(1000);
const table = page.locator("table").first();
const { y = 1800 } = (await table.boundingBox()) ?? {};
await page.screenshot({
  path: picture,
  fullPage: true,
  clip: { x: 0, y: 0, width: 1200, height: Math.min(y - 90, 1900) },
});
await browser.close();
