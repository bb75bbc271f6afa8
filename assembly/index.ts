// What src/wasm calls. Pointers and byte strides are addresses in the imported memory; nothing here allocates.
export { copyQuads, finishAttention, finishScoresCodes, finishScoresF64, levelTables } from "./attention";
export {
  affine,
  dequantizeColumns,
  fakeQuantize,
  fakeQuantizeCodebook,
  patchify,
  quantizeCodebook,
  quantizeColumns,
  quantizeGrid,
} from "./elements";
export { layerNormInteger, softmaxInteger } from "./integer-rows";
export { addBias, finishGemm, scaleSums } from "./gemm";
export { activation, depthwise, depthwiseCodes, gatherRows } from "./maps";
export {
  addRowSums,
  addShifted,
  expandLevels,
  panelsF64,
  panelsFromCodes,
  panelsFromFloats,
  panelsFromKeys,
  panelsFromValues,
  promoteRows,
  widenCodes,
} from "./pack";
export { productF32, productF64, productI16 } from "./product";
export { layerNorm, softmax, softmaxDemax } from "./rows";
