/**
 * Prices of the budgets (Lagrange multipliers): what a byte and a bit operation are worth in quality. With prices p, every layer for itself takes its
 * cheapest choice of cost + p . amount, and for any p >= 0
 *   sum_l min_choice (cost + p . amount) - p . room
 * is a lower bound on what any assignment within the budgets costs. It is concave in p; the best prices are those that make it largest.
 */

/** A choice of one layer: amounts are counted above the layer's smallest choice. */
export interface PricedChoice {
  readonly cost: number;
  readonly bytes: number;
  readonly bitOps: number;
}

export interface Amounts {
  readonly bytes: number;
  readonly bitOps: number;
}

/** `room`: what the budgets leave above the smallest model; Infinity where there is none. */
export function bestPrices(layers: readonly (readonly PricedChoice[])[], room: Amounts): Amounts {
  const at = (bytes: number, bitOps: number) => lowerBound(layers, room, { bytes, bitOps });
  const [bytesRange, bitOpsRange] = [priceRange(layers, room, "bytes"), priceRange(layers, room, "bitOps")];
  const bestBitOps = (bytes: number) => maximise((bitOps) => at(bytes, bitOps), bitOpsRange);
  const bytes = maximise((price) => at(price, bestBitOps(price)), bytesRange);
  return { bytes, bitOps: bestBitOps(bytes) };
}

function lowerBound(layers: readonly (readonly PricedChoice[])[], room: Amounts, prices: Amounts): number {
  let total = -spent(prices, room);
  for (const choices of layers) total += leastPriced(choices, prices);
  return total;
}

export function leastPriced(choices: readonly PricedChoice[], prices: Amounts): number {
  let least = Infinity;
  for (const choice of choices) least = Math.min(least, choice.cost + spent(prices, choice));
  return least;
}

/** p . amount; a price of 0 makes an unlimited budget cost nothing. */
export function spent(prices: Amounts, amounts: Amounts): number {
  return (prices.bytes === 0 ? 0 : prices.bytes * amounts.bytes) + (prices.bitOps === 0 ? 0 : prices.bitOps * amounts.bitOps);
}

/** Above this price nobody leaves the smallest choice; 0 where the budget is no limit. */
function priceRange(layers: readonly (readonly PricedChoice[])[], room: Amounts, budget: keyof Amounts): number {
  const most = layers.reduce((total, choices) => total + Math.max(...choices.map((choice) => choice[budget])), 0);
  if (most <= room[budget]) return 0;
  const worth = layers.flatMap((choices) =>
    choices.map((choice) => (choice[budget] > 0 ? (choices[0].cost - choice.cost) / choice[budget] : 0)),
  );
  return Math.max(0, ...worth);
}

const STEPS = 48;
/** Prices are searched down to this part of the highest. */
const LOWEST_PART = 2 ** -40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The price in [0, highest] at which a concave function is largest: golden section over its logarithm. */
function maximise(f: (price: number) => number, highest: number): number {
  if (highest === 0) return 0;
  let [low, high] = [Math.log(highest * LOWEST_PART), Math.log(highest)];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [f(Math.exp(left)), f(Math.exp(right))];
  for (let step = 0; step < STEPS; step++) {
    if (atLeft > atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = f(Math.exp(left));
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = f(Math.exp(right));
    }
  }
  const price = Math.exp((low + high) / 2);
  return f(0) >= f(price) ? 0 : price;
}
