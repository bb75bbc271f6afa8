/** Every kernel with every combination of its declared constants on Dawn's null backend, which compiles and validates but runs nothing. */
import { describe, expect, test } from "vitest";
import { nullDevice } from "../testing/node-gpu.ts";
import type { Constants, Kernel } from "./kernel.ts";
import { kernels } from "./kernels/index.ts";
import { pipelineFor } from "./pipelines.ts";

/** All combinations of the declared values. */
function variantsOf(kernel: Kernel): Constants[] {
  let variants: Constants[] = [{}];
  for (const [name, values] of Object.entries(kernel.constants)) {
    variants = variants.flatMap((variant) => values.map((value) => ({ ...variant, [name]: value })));
  }
  return variants;
}

test("every kernel compiles cleanly with every combination of its constants", async () => {
  const device = await nullDevice();
  const variants = Object.values(kernels).flatMap((kernel: Kernel) => variantsOf(kernel).map((constants) => ({ kernel, constants })));
  const results = await Promise.all(
    variants.map(({ kernel, constants }) =>
      pipelineFor(device, kernel, constants).then(
        () => null,
        (error: unknown) => `${kernel.name} ${JSON.stringify(constants)}: ${String(error)}`,
      ),
    ),
  );
  console.log(`${variants.length} variants of ${Object.keys(kernels).length} kernels compiled`);
  expect(results.filter((result) => result !== null)).toEqual([]);
  const expected = Object.values(kernels).reduce(
    (sum, { constants }) => sum + Object.values(constants).reduce((product, values) => product * values.length, 1),
    0,
  );
  expect(variants).toHaveLength(expected);
  expect(expected).toBeGreaterThan(Object.keys(kernels).length);
  // Forty seconds on two idle cores.
}, 300_000);

describe("what must not compile does not", () => {
  const { quantize } = kernels;

  test("an error names the file, line and column", async () => {
    const broken = { ...quantize, code: quantize.code.replace("let row = ", "let row: f32 = ") };
    const line = broken.code.split("\n").findIndex((text) => text.includes("let row: f32 = ")) + 1;
    await expect(pipelineFor(await nullDevice(), broken, {})).rejects.toThrow(new RegExp(`error at quantize\\.wgsl:${line}:\\d+ `));
  });

  test("a warning is as bad as an error", async () => {
    const unreachable = { ...quantize, code: quantize.code.replace("y[at] = ", "return; y[at] = ") };
    await expect(pipelineFor(await nullDevice(), unreachable, {})).rejects.toThrow("warning at quantize.wgsl");
  });

  test("an expression that only one value of a constant makes invalid", async () => {
    const kernel = kernels["gemm-codes-f32"];
    const unmasked = { ...kernel, code: kernel.code.replace("((4u * CONTAINER) & 31u)", "(4u * CONTAINER)") };
    const constants = { CHUNKED: 0 };
    const device = await nullDevice();
    await pipelineFor(device, unmasked, { ...constants, CONTAINER: 4 });
    await expect(pipelineFor(device, unmasked, { ...constants, CONTAINER: 8 })).rejects.toThrow(/shift/);
  });

  test("a constant that the shader lacks", async () => {
    const device = await nullDevice();
    await expect(pipelineFor(device, quantize, { NO_SUCH: 1 })).rejects.toThrow("NO_SUCH");
  });

  test("a binding that the layout has read-only", async () => {
    const device = await nullDevice();
    const swapped = { ...quantize, code: quantize.code.replace("<storage, read> x", "<storage, read_write> x") };
    await expect(pipelineFor(device, swapped, {})).rejects.toThrow(/read-only|ReadOnly/i);
  });
});

test("a variant is compiled once per device", async () => {
  const device = await nullDevice();
  const first = pipelineFor(device, kernels.softmax, { QUANTIZE: 1, REVERSED: 0 });
  expect(pipelineFor(device, kernels.softmax, { REVERSED: 0, QUANTIZE: 1 })).toBe(first);
  expect(pipelineFor(device, kernels.softmax, { REVERSED: 1, QUANTIZE: 1 })).not.toBe(first);
  await first;
});
