import { collectChannelRanges, type ChannelRanges } from "./channel-ranges.ts";
import type { DiagnosedModel } from "./diagnosed-model.ts";
import { collectGeluTails, type GeluTail } from "./gelu-tail.ts";
import { collectLayerErrors, type LayerErrorPair } from "./layer-error-pairs.ts";
import { collectResiduals, type ResidualStep, type TokenChannelMap } from "./residual-stream.ts";
import { collectSoftmaxOccupancy, type SoftmaxOccupancy } from "./softmax-occupancy.ts";
import { walkPaths } from "./walk.ts";

/** Everything that one walk through both paths shows. */
export interface Observations {
  readonly layers: readonly LayerErrorPair[];
  readonly ranges: readonly ChannelRanges[];
  readonly softmax: readonly SoftmaxOccupancy[];
  readonly gelu: readonly GeluTail[];
  readonly residual: readonly ResidualStep[];
  readonly maps: readonly TokenChannelMap[];
  readonly imageCount: number;
}

export async function observeModel(model: DiagnosedModel): Promise<Observations> {
  const layers = collectLayerErrors();
  const ranges = collectChannelRanges(model.quantized);
  const softmax = collectSoftmaxOccupancy();
  const gelu = collectGeluTails(model.quantized);
  const residual = collectResiduals();
  await walkPaths(model, [layers, ranges, softmax, gelu, residual]);
  return {
    layers: layers.result(),
    ranges: ranges.result(),
    softmax: softmax.result(),
    gelu: gelu.result(),
    residual: residual.steps(),
    maps: residual.maps(),
    imageCount: model.images.shape[0],
  };
}
