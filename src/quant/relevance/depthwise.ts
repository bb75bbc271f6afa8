/** The rule of linear.ts, channel by channel: only products x w > 0 carry relevance, the bias carries none. */
import { safeDivide, type RelevanceRule } from "./rule.ts";

export const depthwiseRule: RelevanceRule = ({ weights: { weight, indices } }, [x], relevance) => {
  const [channels, taps] = weight.shape;
  const out = new Float64Array(x.data.length);
  relevance.forEach((value, at) => {
    const [row, c] = [Math.floor(at / channels), at % channels];
    const places = Array.from(indices.data.subarray(row * taps, (row + 1) * taps), (index) => index * channels + c);
    const products = places.map((place, tap) => (place < 0 ? 0 : Math.max(x.data[place] * weight.data[c * taps + tap], 0)));
    const share = safeDivide(
      value,
      products.reduce((sum, product) => sum + product, 0),
    );
    products.forEach((product, tap) => {
      if (product > 0) out[places[tap]] += product * share;
    });
  });
  return [out];
};
