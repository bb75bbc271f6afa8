/**
 * Greedy bit allocation: from the smallest model upwards, always the change of one layer that lowers the cost most for what it takes of the budgets.
 * What is taken is measured in parts of each budget, so that bytes and bit operations add up.
 */
import { allocationOf, refuseSmallBudget, type Allocation, type BitChoice, type Budget, type LayerOptions } from "./layer-options.ts";

interface Upgrade {
  readonly layer: number;
  readonly pick: number;
  readonly gain: number;
  /** Part of the budgets; 0 for a change that is free. */
  readonly taken: number;
}

export function allocateGreedy(layers: readonly LayerOptions[], budget: Budget): Allocation {
  refuseSmallBudget(layers, budget);
  const picks = new Uint8Array(layers.length);
  let { weightBytes, bitOps } = allocationOf(layers, picks, false);
  for (;;) {
    let best: Upgrade | null = null;
    for (const [layer, { choices }] of layers.entries()) {
      const now = choices[picks[layer]];
      for (const [pick, choice] of choices.entries()) {
        const fits =
          weightBytes + choice.bytes - now.bytes <= budget.weightBytes &&
          bitOps + choice.bitOps - now.bitOps <= (budget.bitOps ?? Infinity);
        const upgrade = { layer, pick, gain: now.cost - choice.cost, taken: partTaken(now, choice, budget) };
        if (fits && upgrade.gain > 0 && (!best || isBetter(upgrade, best))) best = upgrade;
      }
    }
    if (!best) return allocationOf(layers, picks, false);
    const { choices } = layers[best.layer];
    weightBytes += choices[best.pick].bytes - choices[picks[best.layer]].bytes;
    bitOps += choices[best.pick].bitOps - choices[picks[best.layer]].bitOps;
    picks[best.layer] = best.pick;
  }
}

function partTaken(from: BitChoice, to: BitChoice, { weightBytes, bitOps = Infinity }: Budget): number {
  // A budget of 0 that is kept has nothing to take from.
  const ofBytes = weightBytes > 0 ? (to.bytes - from.bytes) / weightBytes : 0;
  const ofBitOps = bitOps > 0 ? (to.bitOps - from.bitOps) / bitOps : 0;
  return Math.max(0, ofBytes + ofBitOps);
}

/** More gain per part taken; free ones first, the larger gain among them. Compared crosswise, so that nothing is divided by 0. */
function isBetter(a: Upgrade, b: Upgrade): boolean {
  const [left, right] = [a.gain * b.taken, b.gain * a.taken];
  return left > right || (left === right && a.gain > b.gain);
}
