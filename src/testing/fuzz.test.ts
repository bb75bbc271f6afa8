/** A short run over every parser with fixed seeds; `node tools/fuzz.mjs` does millions. */
import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";
import { fuzzTargets } from "./fuzz-targets.ts";

test.each(fuzzTargets.map((target) => [target.name, target] as const))(
  "%s: changed files give a result or a refusal with a code",
  async (_name, target) => {
    const report = await fuzz(target, 1, 400);
    expect(report.faults).toEqual([]);
    expect(report.inputs).toBe(400);
    // Neither everything nor nothing gets through: the changes reach behind the first check.
    expect(report.accepted).toBeGreaterThan(0);
    expect(Object.keys(report.refused).length).toBeGreaterThan(0);
  },
);

test("another error than a refusal is a fault, told by its seed", async () => {
  const sample = new Uint8Array(100);
  const target = (refuse: () => unknown) => ({
    name: "t",
    samples: [sample],
    parse: (bytes: Uint8Array) => (bytes === sample ? null : refuse()),
  });
  expect(
    (
      await fuzz(
        target(() => null),
        1,
        20,
      )
    ).faults,
  ).toEqual([]);
  const report = await fuzz(
    target(() => Promise.reject(new RangeError("out of bounds"))),
    7,
    3,
  );
  expect(report.faults.map(({ seed }) => seed)).toEqual([7, 8, 9]);
});
