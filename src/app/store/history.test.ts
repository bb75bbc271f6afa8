import { expect, it } from "vitest";
import { createLabStore } from "./lab-store.ts";

it("steps back and forth through what was set; a new setting ends the way forth; what changes nothing is no step", () => {
  const store = createLabStore();
  const { setControls, undoControls, redoControls } = store.getState();
  const bits = () => store.getState().controls.weightBits;
  undoControls();
  expect(bits()).toBe(4);
  setControls({ weightBits: 8 });
  setControls({ weightBits: 8 });
  setControls({ weightBits: 6, rules: [{ where: ["head"], bits: 8 }] });
  undoControls();
  expect([bits(), store.getState().controls.rules]).toEqual([8, undefined]);
  undoControls();
  expect(bits()).toBe(4);
  redoControls();
  redoControls();
  expect([bits(), store.getState().controls.rules]).toEqual([6, [{ where: ["head"], bits: 8 }]]);
  redoControls();
  undoControls();
  setControls({ weightBits: 3 });
  redoControls();
  expect(bits()).toBe(3);
});

it("forgets the oldest of very many", () => {
  const store = createLabStore();
  for (let i = 0; i < 300; i++) store.getState().setControls({ weightBits: 2 + (i % 7) });
  expect(store.getState().controlsHistory.past).toHaveLength(100);
});
