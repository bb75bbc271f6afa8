import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { firstStaleDependency } from "../../tools/ensure.mjs";

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

/** A checkout that wants these packages and has those. */
function checkout(has: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "vitrine-packages-"));
  roots.push(root);
  const packages = {
    "": { dependencies: { tool: "1.0.0" }, devDependencies: { "@peers/peer": "2.0.0" } },
    "node_modules/tool": { version: "1.0.0" },
    "node_modules/@peers/peer": { version: "2.0.0" },
    "node_modules/of-peer": { version: "3.0.0" },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  for (const [name, version] of Object.entries(has)) {
    mkdirSync(join(root, "node_modules", name), { recursive: true });
    writeFileSync(join(root, "node_modules", name, "package.json"), JSON.stringify({ version }));
  }
  return root;
}

test.each([
  { has: { tool: "1.0.0", "@peers/peer": "2.0.0" }, fault: null },
  { has: { tool: "1.0.0" }, fault: null },
  { has: { tool: "0.9.0", "@peers/peer": "2.0.0" }, fault: "node_modules/tool is 0.9.0, wanted is 1.0.0" },
  { has: {}, fault: "node_modules/tool is absent, wanted is 1.0.0" },
])("a benchmark goes on without its peers, and without nothing else: $has", ({ has, fault }) => {
  expect(firstStaleDependency(checkout(has), ["@peers/peer"])).toBe(fault);
});

test("what needs every package names the one that is absent", () => {
  expect(firstStaleDependency(checkout({ tool: "1.0.0" }), [])).toBe("node_modules/@peers/peer is absent, wanted is 2.0.0");
});
