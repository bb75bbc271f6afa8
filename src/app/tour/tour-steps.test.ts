import { expect, it } from "vitest";
import { isTourLeft, leaveTour, TOUR_STEPS } from "./tour-steps.ts";

it("is five short steps", () => {
  expect(TOUR_STEPS).toHaveLength(5);
  for (const { text } of TOUR_STEPS) expect(text.length).toBeLessThan(200);
});

it("is never shown again once left, nor where leaving cannot be remembered", () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  expect(isTourLeft(storage)).toBe(false);
  leaveTour(storage);
  expect(isTourLeft(storage)).toBe(true);
  expect(isTourLeft(null)).toBe(true);
});
