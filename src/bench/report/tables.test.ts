import { expect, test } from "vitest";
import { hardware, report, row, run } from "./made-report.ts";
import { sectionsOf } from "./tables.ts";

const facts = { tuningMs: 1234, reopeningMs: 250, tunedShapes: 2, tuningEnd: "every shape was measured", tunedRungs: "tile16x32: a, b" };

test("where kernels were tuned a table tells how long it took and what was chosen", () => {
  const [section] = sectionsOf(report(run([row("ours-float", 1, { facts }), row("ort-web-webgpu-float", 2)], hardware)));
  const found = section.tables.find(({ title }) => title.startsWith("Kernels of ours"));
  expect(found?.table).toEqual({
    header: ["contender", "tuning s", "reopening s", "shapes", "ended because", "shapes by kernel"],
    rows: [["ours-float", "1.23", "0.25", "2", "every shape was measured", "tile16x32: a, b"]],
  });
});

test("where nothing was tuned there is no such table", () => {
  const [section] = sectionsOf(report(run([row("ours-float", 1, { facts: { threads: 2 } })])));
  expect(section.tables.map(({ title }) => title)).not.toContainEqual(expect.stringContaining("Kernels of ours"));
});

test("the driver stands beside the adapter where it is known", () => {
  const adapter = { vendor: "acme", architecture: "one", device: "", description: "Acme 1", isSoftware: false, features: [] };
  const lines = (driver?: string) => {
    const [section] = sectionsOf(report(run([row("ours-float", 1)], { adapter: driver === undefined ? adapter : { ...adapter, driver } })));
    return section.lines;
  };
  expect(lines("Acme 5.0, vulkan")).toContain("adapter: acme one Acme 1 Acme 5.0, vulkan");
  expect(lines()).toContain("adapter: acme one Acme 1");
});
