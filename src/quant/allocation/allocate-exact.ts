/**
 * Exact bit allocation: dynamic programming over what has been spent of the budgets, layer by layer.
 *
 * A state is what the layers so far spend above the smallest model; of several ways to spend the same only the cheapest is kept. A state is dropped
 * when even the lower bound of its completion (see budget-prices.ts) costs no less than an assignment already known, which leaves few: a first run
 * that keeps only the most promising states finds a good assignment, the second drops against it. Where the second run still has to leave out
 * states for their number, the result says that it may not be optimal.
 */
import { allocateGreedy } from "./allocate-greedy.ts";
import { bestPrices, leastPriced, spent, type Amounts, type PricedChoice } from "./budget-prices.ts";
import { allocationOf, refuseSmallBudget, type Allocation, type Budget, type LayerOptions } from "./layer-options.ts";

export interface ExactOptions {
  /** States kept after each layer, in each run: bounds time and memory, not correctness. */
  readonly stateLimits?: readonly number[] | undefined;
}

const STATE_LIMITS = [256, 2 ** 15];
/** Makes one number of two amounts; a prime, so that few pairs meet. */
const KEY_FACTOR = 4294967291;

export function allocateExact(
  layers: readonly LayerOptions[],
  budget: Budget,
  { stateLimits = STATE_LIMITS }: ExactOptions = {},
): Allocation {
  refuseSmallBudget(layers, budget);
  const problem = pricedProblem(layers, budget);
  let best = allocateGreedy(layers, budget);
  for (const limit of stateLimits) {
    const { picks, isComplete } = search(problem, limit, best.cost);
    const found = picks ? allocationOf(layers, picks, false) : best;
    if (found.cost < best.cost) best = found;
    if (isComplete) return { ...best, isOptimal: true };
  }
  return best;
}

interface Problem {
  readonly layers: readonly (readonly PricedChoice[])[];
  readonly room: Amounts;
  readonly prices: Amounts;
  /** rest[l]: least cost at these prices of layers l and later. */
  readonly rest: readonly number[];
}

function pricedProblem(layers: readonly LayerOptions[], budget: Budget): Problem {
  const smallest = allocationOf(layers, new Uint8Array(layers.length), false);
  const room = { bytes: budget.weightBytes - smallest.weightBytes, bitOps: (budget.bitOps ?? Infinity) - smallest.bitOps };
  const priced = layers.map(({ choices }) =>
    choices.map(({ cost, bytes, bitOps }) => ({ cost, bytes: bytes - choices[0].bytes, bitOps: bitOps - choices[0].bitOps })),
  );
  const prices = bestPrices(priced, room);
  const rest = [0];
  for (const choices of priced.toReversed()) rest.unshift(rest[0] + leastPriced(choices, prices));
  return { layers: priced, room, prices, rest };
}

interface State extends Amounts {
  readonly cost: number;
  /** What every completion costs at least. */
  readonly bound: number;
  readonly pick: number;
  readonly parent: State | null;
}

/** The best assignment that costs less than `known`, null if there is none; complete: none was left out for the number of states. */
function search(problem: Problem, limit: number, known: number): { picks: number[] | null; isComplete: boolean } {
  let states: State[] = [{ bytes: 0, bitOps: 0, cost: 0, bound: -Infinity, pick: 0, parent: null }];
  let isComplete = true;
  for (let l = 0; l < problem.layers.length; l++) {
    states = extend(problem, l, states, known);
    if (states.length <= limit) continue;
    states = states.sort((a, b) => a.bound - b.bound).slice(0, limit);
    isComplete = false;
  }
  if (states.length === 0) return { picks: null, isComplete };
  const best = states.reduce((a, b) => (b.cost < a.cost ? b : a));
  const picks: number[] = [];
  for (let state = best; state.parent; state = state.parent) picks.unshift(state.pick);
  return { picks, isComplete };
}

/** Every state with every choice of layer l that fits and can still cost less than `known`. */
function extend({ layers, room, prices, rest }: Problem, l: number, states: readonly State[], known: number): State[] {
  const found: State[] = [];
  const placeOf = new Map<number, number>();
  const unspent = spent(prices, room);
  const isLast = l + 1 === layers.length;
  for (const parent of states) {
    for (const [pick, choice] of layers[l].entries()) {
      const bytes = parent.bytes + choice.bytes;
      const bitOps = parent.bitOps + choice.bitOps;
      if (bytes > room.bytes || bitOps > room.bitOps) continue;
      const cost = parent.cost + choice.cost;
      const bound = cost + rest[l + 1] + spent(prices, { bytes, bitOps }) - unspent;
      if (bound >= known || (isLast && cost >= known)) continue;
      // Keys of different amounts may meet: then both states stay.
      const key = bytes * KEY_FACTOR + bitOps;
      const place = placeOf.get(key);
      const twin = place === undefined ? undefined : found[place];
      if (place === undefined || twin?.bytes !== bytes || twin.bitOps !== bitOps) {
        placeOf.set(key, found.length);
        found.push({ bytes, bitOps, cost, bound, pick, parent });
      } else if (cost < twin.cost) found[place] = { bytes, bitOps, cost, bound, pick, parent };
    }
  }
  return found;
}
