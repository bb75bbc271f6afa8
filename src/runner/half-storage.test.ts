/** Float models of every family with weights and activations in f16, on the CPU twins, against PyTorch's f32 forward. */
import { describe, expect, test } from "vitest";
import { metrics } from "../metrics/index.ts";
import { identifyModel } from "../models/index.ts";
import { goldenModel, goldenStructures } from "../testing/golden-models.ts";
import { expectCode } from "../testing/expect-code.ts";
import { randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { packConstant } from "./half-storage.ts";
import { makePlan } from "./make-plan.ts";
import { arenaBytes, constantBytes, type FloatPrecision, type Plan } from "./plan.ts";
import { createReferenceSession } from "./session.ts";

describe.each(goldenStructures)("%s", (name) => {
  test("is near its f32, and no nearer than f16 can be", async () => {
    const { any, overrides, pixels, output } = await goldenModel(name);
    const float = await identifyModel(any, overrides).build();
    const session = createReferenceSession(float, "float", true, "f16");
    // A rounding to eleven bits is 66 to 72 dB below the value; weights and some dozens of activations are rounded one after the other.
    const sqnrDb = metrics.sqnrDb.measure(output, (await session.run(pixels)).logits);
    expect(sqnrDb).toBeGreaterThan(50);
    expect(sqnrDb).toBeLessThan(90);
    const plan = await session.prepare(1);
    const linear = plan.steps.filter(({ kernel }) => kernel.startsWith("gemm-"));
    expect(linear.length).toBeGreaterThan(0);
    for (const { kernel } of linear) expect(kernel).toBe("gemm-f16");
  });
});

const options: RandomVitOptions = { image: 16, patch: 4, dim: 64, heads: 2, mlp: 256, depth: 2, classes: 10, seed: 3 };
const planIn = (precision: FloatPrecision, changes: Partial<RandomVitOptions> = {}, form: "unfused" | "rows" = "rows"): Plan =>
  makePlan(randomVit({ ...options, ...changes }), {
    mode: "float",
    images: 2,
    execution: "f32",
    precision,
    attention: form,
    taps: [],
    constants: new Map(),
  });
const kindsOf = ({ values }: Plan) => Object.fromEntries(Object.entries(values).map(([name, { layout }]) => [name, layout.kind]));

test("everything between the patches and the logits is f16, in half the bytes", () => {
  const [wide, half] = [planIn("f32"), planIn("f16")];
  const { pixels, ["patch_embed.patches"]: patches, head, ...rest } = kindsOf(half);
  expect([pixels, patches, head]).toEqual(["f32", "f32", "f32"]);
  expect(new Set(Object.values(rest))).toEqual(new Set(["f16"]));
  expect(new Set(Object.values(kindsOf(wide)))).toEqual(new Set(["f32"]));
  expect(half.steps).toHaveLength(wide.steps.length);
  // Biases, gains and shifts stay f32.
  expect(constantBytes(half) / constantBytes(wide)).toBeLessThan(0.53);
  expect(arenaBytes(half)).toBeLessThan(0.7 * arenaBytes(wide));
  for (const [name, array] of half.constants) expect(array, name).toBeInstanceOf(name.endsWith("~f16") ? Uint32Array : Float32Array);
});

test("what pooling reads is f32, and so are scores", () => {
  const pooled = kindsOf(planIn("f16", { pooling: "mean" }));
  expect([pooled["blocks.1.add1"], pooled["blocks.1.add2"]]).toEqual(["f16", "f32"]);
  const unfused = planIn("f16", {}, "unfused");
  expect(kindsOf(unfused)).toMatchObject({ "blocks.0.attn.qkv": "f16", "blocks.0.attn.matmul1": "f32", "blocks.0.attn.softmax": "f32" });
  expect(unfused.steps.map(({ kernel }) => kernel)).toEqual(
    expect.arrayContaining(["attention-scores-f16", "softmax", "attention-output-f16"]),
  );
});

test("integers and simulations know no f16", () => {
  const graph = randomVit(options);
  const common = { images: 1, execution: "f32", precision: "f16", attention: "rows", taps: [] } as const;
  const plan = makePlan(graph, { ...common, mode: "simulated", constants: new Map() });
  expect(new Set(Object.values(kindsOf(plan)))).toEqual(new Set(["f32"]));
});

test("a weight beyond f16 is refused by its name", async () => {
  expect((await expectCode("HALF_RANGE", () => packConstant("head.weight", Float32Array.of(1, -65505)))).what).toContain("head.weight");
  expect(packConstant("head.weight", Float32Array.of(1, -65504))).toEqual(Uint32Array.of(0xfbff3c00));
});
