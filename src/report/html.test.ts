/** @file The page is self-contained, holds the race as it is, and no text of the user's can break out of it. */
import { describe, expect, it } from "vitest";
import { plainRace, plainRun } from "../../test/support/plain-race.ts";
import { sampleRace } from "../../test/support/sample-race.ts";
import { renderReport, type ReportData } from "./html.ts";
import { scriptJson } from "./html-page.ts";
import { pageScript } from "./page-script.node.ts";

function embedded(html: string): ReportData {
  const json = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)?.[1];
  return JSON.parse(json ?? "") as ReportData;
}

describe("renderReport", () => {
  it("fetches nothing: no address but the names of XML, no import, no link but data", async () => {
    const html = renderReport(sampleRace(), await pageScript("report"));
    const addresses = html.match(/\b(?:https?|wss?|ftp):\/\/[^"'`\s)<]*/g) ?? [];
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(html.match(/(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    expect(html).not.toMatch(/@import|url\(\s*["']?(?!#|data:)[a-z]+:/i);
    expect(html).toContain("default-src 'none'");
    expect(html.length).toBeLessThan(600_000);
  });

  it("holds the race, the command and the language", () => {
    const race = plainRace([plainRun()]);
    const html = renderReport(race, "", { command: "minibatch compare iris", language: "zh" });
    expect(embedded(html)).toEqual({ race, command: "minibatch compare iris", language: "zh" });
  });

  it("keeps a data set's name from ending the script, the title or the text", () => {
    const name = '</script><script>alert("1")</script><!-- & \u2028';
    const race = plainRace([plainRun()]);
    const html = renderReport({ ...race, data: { ...race.data, name } }, "");
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toContain("<!--");
    expect(embedded(html).race.data.name).toBe(name);
  });

  it("keeps the program from ending its own element", () => {
    const html = renderReport(plainRace([]), 'const s = "</script><!--";');
    expect(html).toContain('const s = "<\\/script>\\x3c!--";');
  });

  it("says the findings in both languages where scripts do not run", () => {
    const html = renderReport(plainRace([]), "");
    expect(html).toMatch(/<noscript>.*No run finished\..*没有完成任何训练。.*<\/noscript>/s);
  });
});

describe("scriptJson", () => {
  it("keeps seven significant digits and turns what is not finite into null", () => {
    expect(scriptJson([0.1 + 0.2, 1 / 3e9, 123456789, Number.NaN, Infinity])).toBe(
      "[0.3,3.333333e-10,123456789,null,null]",
    );
  });
});
