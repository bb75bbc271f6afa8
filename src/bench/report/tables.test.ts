import { expect, test } from "vitest";
import { hardware, report, row, run } from "./made-report.ts";
import type { KernelTimes } from "./schema.ts";
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

test("what is done side by side from cold is one phase, with both times", () => {
  const cold = {
    elapsedMs: 3000,
    phases: [
      { name: "upload and compile", elapsedMs: 1300 },
      { name: "first run", elapsedMs: 400 },
    ],
    cpuSeconds: null,
  };
  const rows = [row("ours-float", 1, { cold, facts: { uploadedAfterMs: 120, compiledAfterMs: 1290 } }), row("ort-web-webgpu-float", 2)];
  const [section] = sectionsOf(report(run(rows)));
  const table = section.tables.find(({ title }) => title.startsWith("Cold start"))?.table;
  expect(table?.rows.map((cells) => cells[3])).toEqual([
    "upload and compile 1.30 (weights 0.12, kernels 1.29), first run 0.40",
    "first run 0.90",
  ]);
});

test("kernels beside the adapter's floor: percents of single shapes and of all; milliseconds on hardware only", () => {
  const kernelTimes: KernelTimes = {
    clock: "timestamps",
    roofline: { fmaPerSecond: 1, packedDotPerSecond: null, exp2PerSecond: 1, readBytesPerSecond: 1, dispatchSeconds: 0 },
    kernels: [
      { kernel: "gemm-f32", shape: "5x8x24", dispatches: 3, elapsedMs: 2, floorMs: 1, floorBound: "arithmetic" },
      { kernel: "layer-norm", shape: "5x8", dispatches: 1, elapsedMs: 2, floorMs: 0.2, floorBound: "memory" },
    ],
  };
  const tableOn = (change: Parameters<typeof run>[1]) => {
    const [section] = sectionsOf(report(run([row("ours-float", 1, { kernelTimes }), row("ort-web-webgpu-float", 2)], change)));
    return section.tables.find(({ title }) => title.includes("measured floor"))?.table;
  };
  expect(tableOn(hardware)).toEqual({
    header: ["contender", "kernel", "shape", "dispatches", "of the time", "ms each", "floor ms", "of the floor", "bound by"],
    rows: [
      ["ours-float", "gemm-f32", "5x8x24", "3", "75 %", "2.000", "1.000", "50 %", "arithmetic"],
      ["ours-float", "layer-norm", "5x8", "1", "25 %", "2.000", "0.200", "10 %", "memory"],
      ["ours-float", "all", "", "4", "100 %", "2.000", "0.800", "40 %", ""],
    ],
  });
  expect(tableOn({})?.rows[0]).toEqual(["ours-float", "gemm-f32", "5x8x24", "3", "75 %", "50 %", "arithmetic"]);
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
