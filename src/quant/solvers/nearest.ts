/** Rounds every weight on its own: what every recipe without a solver does, and the baseline of the others. */
import { tensor } from "../../tensor/tensor.ts";
import { schemeOf } from "../schemes/index.ts";
import type { WeightSolver } from "./solver.ts";

export const nearest: WeightSolver = {
  name: "nearest",
  label: "nearest value",
  needs: "nothing",
  solve: ({ weight, bias, shape, quantizer }) => ({
    weight: schemeOf(quantizer).fakeQuantize(tensor(shape, weight), quantizer).data,
    bias,
  }),
};
