import { expect, it } from "vitest";
import { parseSession, readSession, writeSession, type Session } from "./session.ts";

const session: Session = {
  panel: "inspect",
  controls: {
    recipe: "adalog",
    weightBits: 3,
    activationBits: 6,
    attentionBits: 4,
    levels: "as-published",
    rules: [{ where: ["blocks.*.attn.qkv"], role: ["weight"], bits: 8, scheme: "symmetric" }],
  },
  versus: "mse",
  side: "baseline",
  filter: "flip",
  lastVerdict: "keeps 29 of 32.",
  source: { kind: "files", model: "abc" },
  preprocessing: "size=256",
  usesSoftwareAdapter: true,
  labelColumns: { file: "image", label: "class" },
  rule: { order: "shuffled", seed: 3, calibrationCount: 8, evaluationCount: 16 },
};

it("comes back as it was written", () => {
  const kept = new Map<string, string>();
  writeSession({ setItem: (key, value) => void kept.set(key, value) }, session);
  expect(readSession({ getItem: (key) => kept.get(key) ?? null })).toEqual(session);
});

it("takes rules that it knows, and bits by layer of earlier versions as rules", () => {
  const rulesOf = (controls: object) =>
    parseSession(JSON.stringify({ ...session, controls: { ...session.controls, ...controls } }))?.controls.rules;
  expect(rulesOf({ rules: undefined, layerBits: { head: { weights: 8 } } })).toEqual([{ where: ["head"], role: ["weight"], bits: 8 }]);
  for (const rules of [
    [{ where: ["head"] }],
    [{ where: [], bits: 8 }],
    [{ where: ["head"], bits: 9 }],
    [{ where: ["head"], scheme: "lloyd" }],
    "x",
  ])
    expect(rulesOf({ rules }), JSON.stringify(rules)).toBeUndefined();
});

it("is nothing where it was tampered with or made by another version", () => {
  const text = (change: object): string => JSON.stringify({ ...session, ...change });
  for (const broken of [
    null,
    "",
    "{",
    "[]",
    "7",
    text({ panel: "kitchen" }),
    text({ controls: { recipe: 5 } }),
    text({ controls: { ...session.controls, weightBits: 99 } }),
  ]) {
    expect(parseSession(broken)).toBeNull();
  }
  expect(parseSession(text({ source: "x", rule: { order: "given" }, side: 4, filter: {}, lastVerdict: 1, versus: 7 }))).toMatchObject({
    source: null,
    versus: null,
    rule: null,
    side: "main",
    filter: "all",
    lastVerdict: null,
  });
});

it("says whether it could be written", () => {
  const full = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  expect(writeSession({ setItem: full }, session)).toBe(false);
  expect(writeSession(null, session)).toBe(false);
  expect(writeSession({ setItem: () => undefined }, session)).toBe(true);
});

it("blocked storage is no error", () => {
  const blocked = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  expect(readSession({ getItem: blocked })).toBeNull();
  expect(() => writeSession({ setItem: blocked }, session)).not.toThrow();
});
