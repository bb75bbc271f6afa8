/** What assembly/index.ts exports. A `Pointer` is an address in bytes, of a multiple of four; strides are in bytes unless their name says quads. */
export type Pointer = number;

export interface KernelExports {
  // product.ts
  productI16(a: Pointer, aStride: number, rows: number, b: Pointer, bStride: number, pairs: number, panels: number, out: Pointer): void;
  productF32(a: Pointer, aStride: number, rows: number, b: Pointer, depth: number, panels: number, out: Pointer): void;
  productF64(a: Pointer, aStride: number, rows: number, b: Pointer, depth: number, panels: number, out: Pointer): void;
  // pack.ts
  widenCodes(from: Pointer, stride: number, rows: number, width: number, to: Pointer): void;
  expandLevels(
    from: Pointer,
    stride: number,
    rows: number,
    width: number,
    padded: number,
    table: Pointer,
    shift: number,
    to: Pointer,
  ): void;
  addRowSums(from: Pointer, stride: number, rows: number, width: number, shift: number, sums: Pointer): void;
  addShifted(from: Pointer, vectors: number, shift: number, to: Pointer): void;
  panelsFromCodes(
    words: Pointer,
    strideWords: number,
    depth: number,
    columns: number,
    container: number,
    alongDepth: number,
    to: Pointer,
  ): void;
  panelsFromFloats(from: Pointer, stride: number, last: number, depth: number, columns: number, to: Pointer): void;
  panelsFromKeys(from: Pointer, stride: number, last: number, depth: number, panels: number, to: Pointer, sums: Pointer): void;
  panelsFromValues(from: Pointer, stride: number, rows: number, columns: number, to: Pointer, sums: Pointer): void;
  promoteRows(from: Pointer, stride: number, rows: number, depth: number, to: Pointer): void;
  panelsF64(from: Pointer, stride: number, last: number, depth: number, panels: number, to: Pointer): void;
  // gemm.ts
  addBias(values: Pointer, stride: number, rows: number, columns4: number, bias: Pointer): void;
  scaleSums(
    sums: Pointer,
    stride: number,
    rowSums: Pointer,
    rows: number,
    columns4: number,
    columnF: Pointer,
    columnI: Pointer,
    isFirst: number,
    rowTable: Pointer,
    source: number,
    step: number,
    period: number,
    values: Pointer,
  ): void;
  finishGemm(
    values: Pointer,
    stride: number,
    first: number,
    rows: number,
    columns4: number,
    gelu: number,
    residual: Pointer,
    residualRows: number,
    residualQuads: number,
    columnF: Pointer,
    columnI: Pointer,
    y: Pointer,
    group: number,
    groupStride: number,
    offset: number,
    outQuads: number,
  ): void;
  // attention.ts
  finishScoresF64(sums: Pointer, sumStride: number, rows: number, columns4: number, scale: number, y: Pointer): void;
  finishScoresCodes(
    sums: Pointer,
    sumStride: number,
    qSums: Pointer,
    kSums: Pointer,
    rows: number,
    columns4: number,
    qGrid: Pointer,
    qEntries: number,
    kGrid: Pointer,
    kEntries: number,
    headDim: number,
    scratch: Pointer,
    y: Pointer,
  ): void;
  copyQuads(sums: Pointer, sumStride: number, rows: number, columns4: number, y: Pointer, yStride: number): void;
  levelTables(levels: Pointer, form: number, even: Pointer, odd: Pointer): number;
  finishAttention(
    even: Pointer,
    odd: Pointer,
    sumStride: number,
    evenLevels: Pointer,
    oddLevels: Pointer,
    rows: number,
    columns4: number,
    columns: Pointer,
    extra: number,
    offset: number,
    valueSums: Pointer,
    tokens: number,
    p: Pointer,
    pStride: number,
    pWords: number,
    values: Pointer,
    valueStride: number,
    quantize: number,
    top: number,
    y: Pointer,
    outQuads: number,
  ): void;
  // rows.ts
  layerNorm(
    x: Pointer,
    gain: Pointer,
    shift: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    inverseColumns: number,
    epsilon: number,
    top: number,
    quantize: number,
  ): void;
  softmax(
    x: Pointer,
    thresholds: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    thresholdCount: number,
    quantize: number,
    reversed: number,
    scratch: Pointer,
  ): void;
  softmaxDemax(
    x: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    outQuads: number,
    codeMax: number,
    inverseLevels: number,
    decode: number,
    scratch: Pointer,
  ): void;
  // integer-rows.ts
  layerNormInteger(
    x: Pointer,
    exponents: Pointer,
    gain: Pointer,
    shift: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    inverseColumns: number,
    zero: number,
    outScale: number,
    outZero: number,
    codeMax: number,
    quantize: number,
    integers: Pointer,
  ): void;
  softmaxInteger(
    x: Pointer,
    exponentials: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    inverseScale: number,
    zero: number,
    codeMax: number,
    zeroCode: number,
    quantize: number,
    codes: Pointer,
  ): void;
  // elements.ts
  affine(x: Pointer, columns: Pointer, y: Pointer, rows: number, quads: number): void;
  quantizeGrid(
    x: Pointer,
    grid: Pointer,
    y: Pointer,
    rows: number,
    quads: number,
    headQuads: number,
    headDim: number,
    tableRows: number,
    sectionQuads: number,
  ): void;
  quantizeCodebook(
    x: Pointer,
    thresholds: Pointer,
    y: Pointer,
    rows: number,
    quads: number,
    headQuads: number,
    headDim: number,
    thresholdCount: number,
    reversed: number,
  ): void;
  quantizeColumns(x: Pointer, inverse: Pointer, y: Pointer, rows: number, columns: number, quads: number, zero: number, top: number): void;
  dequantizeColumns(x: Pointer, scale: Pointer, y: Pointer, rows: number, columns: number, quads: number, zero: number): void;
  patchify(
    x: Pointer,
    y: Pointer,
    images: number,
    patches: number,
    columns: number,
    depth: number,
    quads: number,
    size: number,
    height: number,
    width: number,
    quantize: number,
    inverse: number,
    zero: number,
    top: number,
    line: Pointer,
  ): void;
  fakeQuantize(x: Pointer, grid: Pointer, y: Pointer, rows: number, quads: number, rowPeriod: number): void;
  fakeQuantizeCodebook(
    x: Pointer,
    thresholds: Pointer,
    decode: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    quads: number,
    thresholdCount: number,
  ): void;
  // maps.ts
  activation(
    x: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    inStride: number,
    outStride: number,
    kind: number,
    gated: number,
    c0: number,
    c1: number,
    c2: number,
  ): void;
  depthwise(
    x: Pointer,
    indices: Pointer,
    weight: Pointer,
    y: Pointer,
    images: number,
    inRows: number,
    outRows: number,
    stride4: number,
    group: number,
  ): void;
  depthwiseCodes(
    x: Pointer,
    indices: Pointer,
    level: Pointer,
    weight: Pointer,
    column: Pointer,
    y: Pointer,
    images: number,
    inRows: number,
    outRows: number,
    stride4: number,
    group: number,
  ): void;
  gatherRows(
    x: Pointer,
    indices: Pointer,
    y: Pointer,
    images: number,
    inRows: number,
    inStride: number,
    outRows: number,
    outStride: number,
    group: number,
    part: number,
  ): void;
}
