import { expect, it } from "vitest";
import { isShareHash } from "./share-hash.ts";
import { controlsOf, decodeShare, encodeShare, LONGEST_LINK, type SharedView } from "./share-link.ts";

const view: SharedView = {
  controls: { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict" },
  view: { panel: "compare", side: "baseline", filter: "flip", versus: "mse" },
  model: { name: "deit_small ü <b>", isSample: false, weights: "ab".repeat(32) },
  images: { calibration: 32, evaluation: 64, digest: null },
  rule: { order: "shuffled", seed: 7, calibrationCount: 64, evaluationCount: 64 },
};

it("comes back as it was, short, in characters that survive in an address", async () => {
  const hash = await encodeShare(view);
  expect(hash).toMatch(/^#v1=[\w-]+$/);
  expect(hash?.length).toBeLessThan(600);
  expect(isShareHash(hash ?? "")).toBe(true);
  expect(await decodeShare(hash ?? "")).toEqual(view);
});

it("carries rules; links of earlier versions had bits by layer", async () => {
  const rules = [{ where: ["*.fc2"], role: ["input" as const], bits: 8, granularity: "per column" as const }];
  const carried = { ...view, controls: { ...view.controls, rules } };
  expect(controlsOf(await decodeShare((await encodeShare(carried)) ?? "")).rules).toEqual(rules);
  const old = { ...view, controls: { ...view.controls, layerBits: { head: { activations: 8 } } } };
  const controls = controlsOf(await decodeShare((await encodeShare(old)) ?? ""));
  expect(controls).toEqual({ ...view.controls, rules: [{ where: ["head"], role: ["activations"], bits: 8 }] });
});

it("refuses what is cut off, damaged or made by hand", async () => {
  const hash = (await encodeShare(view)) ?? "";
  const made = await encodeShare({ ...view, view: { ...view.view, panel: "kitchen" as "open" } });
  const bomb = await encodeShare({ ...view, model: { name: "a".repeat(3_000_000), isSample: false, weights: null } });
  for (const broken of [hash.slice(0, 40), "#v1=", "#v1=!!!!", made ?? "", bomb ?? ""]) {
    await expect(decodeShare(broken), broken.slice(0, 20)).rejects.toMatchObject({ code: "SHARE_LINK_INVALID" });
  }
});

it("gives none where it would be too long", async () => {
  const random = Array.from(
    { length: 4000 },
    (_, i) => [`blocks.${i}.${((i * 2654435761) >>> 0).toString(36)}`, { weights: 2 + (i % 7) }] as const,
  );
  const rules = random.map(([layer, { weights }]) => ({ where: [layer], bits: weights }));
  const long = { ...view, controls: { ...view.controls, rules } };
  expect(await encodeShare(long)).toBeNull();
  expect(LONGEST_LINK).toBe(8000);
});
