import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorAreas, errorEntry } from "../tensor/error-table.ts";
import { errorDocs } from "./error-docs.ts";

function textOf(matches: (file: string) => boolean): string {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file) && matches(file));
  return files.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
}

const entries = Object.entries(errorAreas).flatMap(([area, codes]) =>
  Object.entries(codes).map(([code, entry]) => ({ area, code, entry })),
);

test("docs/errors.md says what the table says (node tools/error-docs.mjs writes it)", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorDocs());
});

test("every code has a place of its own, a title and two sentences", () => {
  expect(new Set(entries.map(({ code }) => code)).size).toBe(entries.length);
  for (const { code, entry } of entries) {
    expect(entry.title, code).toMatch(/^[A-Z].*[^.]$/);
    for (const sentence of [entry.meaning, entry.advice]) expect(sentence, code).toMatch(/^[A-Z`].*\.$/);
    expect(errorEntry(code)).toBe(entry);
  }
  expect(errorEntry("INTERNAL")).toBeNull();
  expect(errorEntry("toString")).toBeNull();
});

test("every code is thrown somewhere, and those about files, models and images are expected by a test", () => {
  const code = textOf((file) => !/\.test\.tsx?$|testing|error-table/.test(file));
  const tests = textOf((file) => /\.test\.tsx?$/.test(file));
  const isTested = (area: string, name: string) =>
    area === "Model files" || area === "Models" || name.startsWith("IMAGE_") ? tests.includes(`"${name}"`) : true;
  expect(entries.filter((entry) => !code.includes(`"${entry.code}"`)).map((entry) => entry.code)).toEqual([]);
  expect(entries.filter((entry) => !isTested(entry.area, entry.code)).map((entry) => entry.code)).toEqual([]);
});
