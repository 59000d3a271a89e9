/** @file Pages in a real browser, with all that it complains of. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Whether there is no browser to test in; CI must have one. */
export const noBrowser = !existsSync(executablePath) && process.env["CI"] === undefined;
if (noBrowser) {
  console.warn(
    `${executablePath} is missing: pages are not tested in a browser (apt-get install chromium)`,
  );
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags });
}

/** How a page is opened. */
export interface OpenOptions {
  readonly width: number;
  readonly hash?: string;
  readonly locale?: string;
}

/** Opens an HTML file. `complaints` gathers errors, what goes to the console, and requests of anything else. */
export async function openFile(
  browser: Browser,
  path: string,
  { width, hash = "", locale = "en-GB" }: OpenOptions,
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, locale });
  const file = pathToFileURL(path).href;
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(file) && !request.url().startsWith("data:"))
      complaints.push(`request of ${request.url()}`);
  });
  await page.goto(`${file}${hash}`);
  return { page, complaints };
}

/** Width of what can be scrolled to, and of the window. */
export function widthsOf(page: Page): Promise<{ readonly scroll: number; readonly inner: number }> {
  return page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
  }));
}

/** CSS pixels between the margins of A4. */
const paperWidth = 695;

/** The elements of a page that stand out of A4 on paper: browsers would make all of it smaller until they fit. */
export async function tooWideForPaper(
  browser: Browser,
  path: string,
  locale = "en-GB",
): Promise<readonly string[]> {
  const { page } = await openFile(browser, path, { width: paperWidth, locale });
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const found = await page
    .locator("main *")
    .evaluateAll(
      (elements, width) =>
        elements
          .filter((element) => element.getBoundingClientRect().right > width + 1)
          .map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`),
      paperWidth,
    );
  await page.close();
  return found;
}
