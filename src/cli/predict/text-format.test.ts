import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvFormat, jsonFormat, numberText } from "./text-format.ts";

const columns = [
  { name: "row", type: "BIGINT" },
  { name: 'a "name"', type: "VARCHAR" },
  { name: "p", type: "FLOAT" },
];

describe("numberText", () => {
  it("reads the same bits again", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(Number(numberText(value, "DOUBLE"))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.float(), (value) => {
        expect(Math.fround(Number(numberText(value, "FLOAT")))).toBe(value);
      }),
    );
  });

  it.each([
    [0.1, "FLOAT", "0.1"],
    [1 / 3, "FLOAT", "0.33333334"],
    [1 / 3, "DOUBLE", "0.3333333333333333"],
    [16777217, "DOUBLE", "16777217"],
    [16777216, "FLOAT", "16777216"],
    [1e-45, "FLOAT", "1.401298e-45"],
    [-0, "FLOAT", "-0"],
    [-0, "DOUBLE", "-0"],
  ])("writes %d as %s in no more digits than that takes", (value, type, text) => {
    expect(numberText(type === "FLOAT" ? Math.fround(value) : value, type)).toBe(text);
  });
});

describe("csvFormat", () => {
  it("quotes what would be read as something else", () => {
    expect(csvFormat.head(columns)).toBe('row,"a ""name""",p\n');
    expect(csvFormat.line([1n, 'x,"y"\n', 0.5], columns)).toBe('1,"x,""y""\n",0.5\n');
    expect(csvFormat.line([1n, " x", null], columns)).toBe('1," x",\n');
  });

  it("tells an empty text from none", () => {
    expect(csvFormat.line([1n, "", null], columns)).toBe('1,"",\n');
    expect(csvFormat.line([null, null, NaN], columns)).toBe(",,NaN\n");
  });
});

describe("jsonFormat", () => {
  it("is JSON, whatever the texts", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.float(), (name, text, number) => {
        const line = jsonFormat.line(
          [text, number],
          [
            { name, type: "VARCHAR" },
            { name: `${name}.`, type: "FLOAT" },
          ],
        );
        const expected = { [name]: text, [`${name}.`]: Number.isFinite(number) ? number : null };
        const read = JSON.parse(line) as Record<string, string | number | null>;
        const again = read[`${name}.`];
        read[`${name}.`] = typeof again === "number" ? Math.fround(again) : (again ?? null);
        expect(read).toEqual(expected);
        expect(line.indexOf("\n")).toBe(line.length - 1);
      }),
    );
  });

  it("keeps whole numbers, booleans and missing values what they are", () => {
    const line = jsonFormat.line([12345678901234567890n, true, null], columns);
    expect(line).toBe('{"row":12345678901234567890,"a \\"name\\"":true,"p":null}\n');
  });
});
