import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLayout, csvRecords } from "./csv-head.ts";

const layout = (text: string, options = {}) => csvLayout({ text, whole: true }, "a.csv", options);

describe("csvRecords", () => {
  it("reads back what RFC 4180 writes", () => {
    const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
    const record = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 5 }),
        fc.constantFrom("\n", "\r\n"),
        (records, end) => {
          const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
          const text = records.map((fields) => fields.map(quote).join(",") + end).join("");
          expect(csvRecords({ text, whole: true }, ",")).toEqual(records);
        },
      ),
    );
  });

  it("keeps whole records only of a part of a file", () => {
    expect(csvRecords({ text: 'a,b\n1,2\n3,"4', whole: false }, ",")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
    expect(csvRecords({ text: "a,b\n1,", whole: true }, ",")).toEqual([
      ["a", "b"],
      ["1", ""],
    ]);
  });
});

describe("csvLayout", () => {
  it("finds the delimiter and the header", () => {
    expect(layout("a;b\n1,5;2\n")).toMatchObject({
      delimiter: ";",
      header: true,
      names: ["a", "b"],
    });
    expect(layout("a\tb c\n1\t2\n")).toMatchObject({ delimiter: "\t", names: ["a", "b c"] });
    expect(layout('"a,b",c\n1,2\n').names).toEqual(["a,b", "c"]);
    expect(layout("1,2\n3,4\n")).toMatchObject({ header: false, names: ["column1", "column2"] });
    expect(layout("5.1,3.5,setosa\n4.9,3.0,setosa\n").header).toBe(false);
    expect(layout("id,2019,2020\n1,2,3\n").header).toBe(true);
    expect(layout("name,colour\nAnn,red\n").header).toBe(true);
    expect(layout("\ufeffa,b\n1,2\n").names).toEqual(["a", "b"]);
    expect(layout("1,2\n3,4\n", { header: true }).names).toEqual(["1", "2"]);
  });

  it("numbers columns without a name", () => {
    expect(layout(",a\n0,1\n")).toMatchObject({ names: ["column1", "a"], unnamed: [0] });
  });

  it("refuses names that come twice, and nothing at all", () => {
    expect(() => layout("a,b,a\n1,2,3\n")).toThrow(
      'a.csv, line 1: columns 1 and 3 have the same name "a"; rename one, or give header false if line 1 is data',
    );
    expect(() => layout(" \n")).toThrow("a.csv is empty; expected a header and rows");
  });
});
