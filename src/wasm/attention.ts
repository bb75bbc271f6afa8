/** shaders/attention-scores-*.wgsl and attention-output-*.wgsl: every head of every image by itself. */
import { TABLE_CODES, levelRows, tableRows } from "./levels.ts";
import type { WasmKernel } from "./kernel.ts";

type Params = Readonly<Record<string, number>>;

/** Quads of q of each (image, head), counted from the start of qkv. */
function forHeads(p: Params, work: (base4: number, head: number, index: number) => void): void {
  for (let image = 0; image < p.images; image++) {
    for (let head = 0; head < p.heads; head++) work(image * p.tokens * p.qkv_stride4 + head * p.head4, head, image * p.heads + head);
  }
}

export const attentionScoresF32: WasmKernel = ({ host, params: p, input, output }) => {
  const { kernels } = host;
  const qkv = input(0);
  const depth = 4 * p.head4;
  const stride = 16 * p.qkv_stride4;
  host.temporarily(() => {
    const queries = host.allocate(8 * p.tokens * depth);
    const keys = host.allocate(32 * p.out_stride4 * depth);
    const sums = host.allocate(32 * p.tokens * p.out_stride4);
    forHeads(p, (base4, _head, index) => {
      kernels.promoteRows(qkv + 16 * base4, stride, p.tokens, depth, queries);
      kernels.panelsF64(qkv + 16 * (base4 + p.key_offset4), stride, p.tokens - 1, depth, p.out_stride4, keys);
      kernels.productF64(queries, 8 * depth, p.tokens, keys, depth, p.out_stride4, sums);
      const y = output + 16 * index * p.tokens * p.out_stride4;
      kernels.finishScoresF64(sums, 32 * p.out_stride4, p.tokens, p.out_stride4, p.scale, y);
    });
  });
};

export const attentionScoresCodes: WasmKernel = ({ host, params: p, input, output }) => {
  const { kernels } = host;
  const [qkv, grids] = [input(0), input(1)];
  const depth = 4 * p.head4;
  const panels = Math.ceil(p.out_stride4 / 2);
  const stride = 4 * p.qkv_stride4;
  host.temporarily(() => {
    const keys = host.allocate(16 * panels * depth);
    const keySums = host.allocate(32 * panels);
    const sums = host.allocate(32 * panels * p.tokens);
    const querySums = host.allocate(4 * p.tokens);
    const scratch = host.allocate(32 * p.out_stride4);
    const queries = levelRows(host, p.tokens, depth, 0, panels);
    forHeads(p, (base4, head, index) => {
      queries.load(qkv + 4 * base4, stride, p.tokens);
      kernels.panelsFromKeys(qkv + 4 * (base4 + p.key_offset4), stride, p.tokens - 1, depth, panels, keys, keySums);
      queries.multiply(p.tokens, 0, depth, keys, 16 * depth, sums, querySums);
      kernels.finishScoresCodes(
        sums,
        32 * panels,
        querySums,
        keySums,
        p.tokens,
        p.out_stride4,
        grids + 8 * head * p.q_entries,
        p.q_entries,
        grids + 8 * (p.heads * p.q_entries + head * p.k_entries),
        p.k_entries,
        p.head_dim,
        scratch,
        output + 16 * index * p.tokens * p.out_stride4,
      );
    });
  });
};

export const attentionOutputF32: WasmKernel = ({ host, params: p, input, output }) => {
  const { kernels } = host;
  const [probabilities, qkv] = [input(0), input(1)];
  const depth = 4 * p.p_stride4;
  const panels = Math.ceil(p.head4 / 2);
  host.temporarily(() => {
    const values = host.allocate(32 * panels * depth);
    host.words(values, 8 * panels * depth).fill(0);
    const sums = host.allocate(32 * panels * p.tokens);
    forHeads(p, (base4, head, index) => {
      const image = Math.floor(index / p.heads);
      kernels.panelsFromFloats(qkv + 16 * (base4 + p.value_offset4), 16 * p.qkv_stride4, p.tokens - 1, depth, 4 * p.head4, values);
      kernels.productF32(probabilities + 4 * depth * p.tokens * index, 4 * depth, p.tokens, values, depth, panels, sums);
      const y = output + 16 * (image * p.tokens * p.out_stride4 + head * p.head4);
      kernels.copyQuads(sums, 32 * panels, p.tokens, p.head4, y, 16 * p.out_stride4);
    });
  });
};

/** How a table gives the level of a code. */
const PAIRS = 0;
const INTEGERS = 1;
const SHIFTS = 2;

function attentionOutputCodes(formOf: (constants: Params) => number): WasmKernel {
  return ({ host, params: p, constants, input, output }) => {
    const { kernels } = host;
    const [probabilities, qkv, levels, columns] = [input(0), input(1), input(2), input(3)];
    const panels = Math.ceil(p.head4 / 2);
    const padded = 2 * Math.ceil(p.tokens / 2);
    const pStride = 4 * p.p_stride4;
    host.temporarily(() => {
      const tables = [0, 1].map(() => host.allocate(4 * TABLE_CODES));
      const hasOdd = kernels.levelTables(levels, formOf(constants), tables[0], tables[1]) !== 0;
      const values = host.allocate(16 * panels * padded);
      const valueSums = host.allocate(32 * panels);
      const sides = (hasOdd ? tables : tables.slice(0, 1)).map((table) => ({
        rows: tableRows(host, p.tokens, p.tokens, padded, table, panels),
        sums: host.allocate(32 * panels * p.tokens),
        levelSums: host.allocate(4 * p.tokens),
      }));
      const [even, odd] = [sides[0], sides.at(1)];
      forHeads(p, (base4, head, index) => {
        const image = Math.floor(index / p.heads);
        const v = qkv + 4 * (base4 + p.value_offset4);
        const codes = probabilities + pStride * p.tokens * index;
        // A last panel that is half used holds what was there: its columns are not stored.
        kernels.panelsFromValues(v, 4 * p.qkv_stride4, p.tokens, 4 * p.head4, values, valueSums);
        for (const { rows, sums, levelSums } of sides) {
          rows.load(codes, pStride, p.tokens);
          rows.multiply(p.tokens, 0, padded, values, 16 * padded, sums, levelSums);
        }
        kernels.finishAttention(
          even.sums,
          odd?.sums ?? 0,
          32 * panels,
          even.levelSums,
          odd?.levelSums ?? 0,
          p.tokens,
          p.head4,
          columns + 64 * head * p.head4,
          constants.EXTRA ?? 0,
          p.offset,
          valueSums,
          p.tokens,
          codes,
          pStride,
          Math.ceil(p.tokens / 4),
          v,
          4 * p.qkv_stride4,
          constants.QUANTIZE ?? 0,
          p.out_max,
          output + (constants.QUANTIZE ? 4 : 16) * (image * p.tokens * p.out_stride4 + head * p.head4),
          p.out_stride4,
        );
      });
    });
  };
}

export const attentionOutputCodesF32 = attentionOutputCodes(() => PAIRS);
export const attentionOutputCodesShift = attentionOutputCodes(({ SHIFT }) => (SHIFT === 1 ? SHIFTS : INTEGERS));
