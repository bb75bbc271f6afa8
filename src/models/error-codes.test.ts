/** The lists of codes are what the documentation shows; a code that nothing tests would be a promise that nobody checked. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatErrorCodes } from "../formats/error-codes.ts";
import { modelErrorCodes } from "./error-codes.ts";

const folders = ["../formats/", "./"].map((path) => new URL(path, import.meta.url));
const tests = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts") && !name.endsWith("error-codes.test.ts"))
      .map((name) => new URL(name, folder)),
  )
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

test.each(Object.entries({ ...formatErrorCodes, ...modelErrorCodes }))("%s is described and tested", (code, line) => {
  expect(line).toMatch(/^[A-Z].*\.$/);
  expect(tests.includes(`"${code}"`), `no test expects ${code}`).toBe(true);
});

test("the two lists share no code", () => {
  expect(Object.keys(modelErrorCodes).filter((code) => code in formatErrorCodes)).toEqual([]);
});
