import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatErrorCodes } from "../formats/error-codes.ts";
import { imageErrorCodes } from "../images/image-errors.ts";
import { modelErrorCodes } from "../models/error-codes.ts";

test("docs/errors.md lists exactly the codes that the program can end in", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|testing/.test(file))
    .map((file) => readFileSync(join("src", file), "utf8"))
    .join("\n");
  const thrown = [...sources.matchAll(/new InputError\(\s*"([A-Z_]+)"/g)].map(([, code]) => code);
  const listed = [formatErrorCodes, imageErrorCodes, modelErrorCodes].flatMap((codes) => Object.keys(codes));
  const documented = [...readFileSync("docs/errors.md", "utf8").matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, code]) => code);
  expect(documented).toEqual([...new Set([...thrown, ...listed])].sort());
});
