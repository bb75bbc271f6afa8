import { describe, expect, it } from "vitest";
import { JsonFault, lineAndColumn, parsePlacedJson } from "./json-places.ts";

describe("parsePlacedJson", () => {
  it.each(['{"a": [1, -2.5e3, true, null, "x\\u00e9\\n"], "b": {}}', "[]", ' "x" ', "0", '{"a":{"b":[[]]}}'])(
    "reads %s as JSON.parse does",
    (text) => {
      expect(parsePlacedJson(text).value).toEqual(JSON.parse(text));
    },
  );

  it("keeps a key named __proto__ a key", () => {
    expect(Object.keys(parsePlacedJson('{"__proto__": 1}').value as object)).toEqual(["__proto__"]);
  });

  it("knows where values stand, or what is around them", () => {
    const text = '{\n  "rules": [\n    {"bits": 9}\n  ]\n}';
    const { at } = parsePlacedJson(text);
    expect(lineAndColumn(text, at(["rules", 0, "bits"]))).toEqual({ line: 3, column: 14 });
    expect(lineAndColumn(text, at(["rules", 0, "where"]))).toEqual({ line: 3, column: 5 });
    expect(lineAndColumn(text, at(["levels"]))).toEqual({ line: 1, column: 1 });
  });

  it.each([
    ["", 1, "ends before a value"],
    ["{\n", 2, "key in double quotes"],
    ['{\n"a": 1\n"b": 2}', 3, 'Expected "," or "}"'],
    ['{"a": [1,\n2', 2, 'ends before "]"'],
    ['{"a": 1,\n}', 1, "after this comma"],
    ['{"a": 1,\n"a": 2}', 2, "twice"],
    ["{'a': 1}", 1, "key in double quotes"],
    ['["a\n"]', 1, "not closed"],
    ["[01]", 1, "no JSON value"],
    ["[NaN]", 1, "no JSON value"],
    ["1 2", 1, "Nothing may follow"],
    ["[".repeat(60), 1, "deeply"],
  ])("refuses %j at line %i", (text, line, message) => {
    let fault: unknown = null;
    try {
      parsePlacedJson(text);
    } catch (error) {
      fault = error;
    }
    if (!(fault instanceof JsonFault)) throw new Error(`no fault: ${String(fault)}`);
    expect(fault.message).toContain(message);
    expect(lineAndColumn(text, fault.offset).line).toBe(line);
  });
});
