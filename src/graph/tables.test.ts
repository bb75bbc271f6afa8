import { expect, test } from "vitest";
import { packTable, unpackTable } from "./tables.ts";

test("tables of whole numbers take two bytes each, and come back", () => {
  const table = Float32Array.of(-1, 0, 255, 256, 65534);
  const packed = packTable(table);
  expect([...(packed ?? [])]).toEqual([0, 0, 1, 0, 0, 1, 1, 1, 255, 255]);
  expect(unpackTable(packed ?? new Uint8Array())).toEqual(table);
});

test.each([65535, 0.5, -2, NaN])("a table with %d is not packed", (value) => {
  expect(packTable(Float32Array.of(1, value))).toBeNull();
});
