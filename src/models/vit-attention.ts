/** The attention of a Vision Transformer's block: softmax, plain or clipped, with heads gated or not, or linear without a softmax. */
import type { Node } from "../graph/graph.ts";
import type { Weights } from "../graph/quantizer.ts";
import { tensor, zeros, type Tensor } from "../tensor/tensor.ts";
import type { VitConfig } from "./config.ts";
import { gateLayers } from "./attention-variants.ts";
import { windowIndices } from "./convolution.ts";
import { gemm, node } from "./graph-nodes.ts";
import { absorbed, type Normed } from "./norms.ts";
import { concatenateRows, fusedQkv, linear, scaledLinear, splitRows } from "./vit-weights.ts";
import type { WeightReader } from "./weight-reader.ts";

/** x: [N,D] -> heads of softmax(q k^T * scale + bias) v, projected: [N,D] */
export async function attention(
  reader: WeightReader,
  name: string,
  input: Normed,
  config: VitConfig,
  bias: Weights | null,
): Promise<Node[]> {
  if (reader.has(`${name}.attn.dwc.weight`)) return linearAttention(reader, `${name}.attn`, input, config, `${name}.ls1.gamma`);
  const { numHeads, attentionScale, clippedSoftmax } = config;
  const qkv = absorbed(await fusedQkv(reader, `${name}.attn`), input.pending);
  // 1 / sqrt is correctly rounded everywhere; ** is not.
  const scale = attentionScale ?? 1 / Math.sqrt(qkv.weight.shape[0] / 3 / numHeads);
  const scores = bias ? `${name}.attn.bias` : `${name}.attn.matmul1`;
  const gated = await gates(reader, `${name}.attn`, input, config);
  const proj = await scaledLinear(reader, `${name}.attn.proj`, `${name}.ls1.gamma`);
  return [
    gemm(`${name}.attn.qkv`, input.name, qkv), // [N,3A]
    node(`${name}.attn.matmul1`, "AttentionScores", [`${name}.attn.qkv`], { numHeads, scale }), // [H,N,N]
    ...(bias ? [node(scores, "AttentionBias", [`${name}.attn.matmul1`], {}, bias)] : []),
    node(`${name}.attn.softmax`, "Softmax", [scores], { ...clippedSoftmax }),
    node(`${name}.attn.matmul2`, "AttentionOutput", [`${name}.attn.softmax`, `${name}.attn.qkv`]), // [N,A]
    ...gated.nodes,
    gemm(`${name}.attn.proj`, gated.output, gated.columns ? scaledColumns(proj, gated.columns) : proj),
  ];
}

/**
 * Heads times a sigmoid (Bondarenko, Nagel, Blankevoort 2023: Quantizable Transformers, arXiv 2306.12929, section 4.2). A gate that does not depend on the image is a
 * factor of the columns that the projection reads.
 */
async function gates(
  reader: WeightReader,
  name: string,
  input: Normed,
  { headGates }: VitConfig,
): Promise<{ readonly nodes: readonly Node[]; readonly output: string; readonly columns?: Tensor }> {
  const output = `${name}.matmul2`;
  if (reader.has(`${name}.alpha`)) return { nodes: [], output, columns: await reader.read(`${name}.alpha`) };
  const layers = await gateLayers(reader, `${name}.alpha`);
  if (layers.length === 0) return { nodes: [], output };
  const nodes: Node[] = [];
  let value = input.name;
  for (const [i, weights] of layers.entries()) {
    if (i > 0) nodes.push(node((value = `${name}.alpha.act`), "Activation", [nodes[nodes.length - 1].name], { kind: "relu" }));
    const layer = layers.length === 1 ? `${name}.alpha` : `${name}.alpha.fc${i + 1}`;
    nodes.push(gemm(layer, value, i === 0 ? absorbed(weights, input.pending) : weights)); // [N,H] in the end
  }
  if (headGates === "image") nodes.push(node(`${name}.alpha.mean`, "ReduceMean", [nodes[nodes.length - 1].name], { start: 0 }));
  nodes.push(node(`${name}.gate`, "HeadGate", [output, nodes[nodes.length - 1].name]));
  return { nodes, output: `${name}.gate` };
}

/** The Linear whose inputs are multiplied by the sigmoid of their head's gate. weight: [N,A], gates: [H] */
function scaledColumns({ weight, ...bias }: Weights, { data: gates }: Tensor): Weights {
  const [, columns] = weight.shape;
  const headDim = columns / gates.length;
  const factors = gates.map((gate) => 1 / (1 + Math.exp(-gate)));
  return {
    weight: tensor(
      weight.shape,
      weight.data.map((value, i) => value * factors[Math.floor((i % columns) / headDim)]),
    ),
    ...bias,
  };
}

/**
 * Simplified linear attention (Guo et al.: SLAB, ICML 2024, arXiv 2405.11582, section 3.3): rectified queries and keys, which have positions of their own, and a
 * depthwise convolution of the values beside it, the same in all heads.
 */
async function linearAttention(
  reader: WeightReader,
  name: string,
  input: Normed,
  { numHeads, imageSize, patchSize }: VitConfig,
  gamma: string,
): Promise<Node[]> {
  const qkv = absorbed(await fusedQkv(reader, name), input.pending);
  const width = qkv.weight.shape[0] / 3;
  const [query, rest] = splitRows(qkv, width);
  const [key, value] = splitRows(rest, width);
  const positions = await reader.read(`${name}.positional_encoding`);
  const { weight, bias } = await linear(reader, `${name}.dwc`);
  const kernel = weight.shape[2];
  const grid = [imageSize[0] / patchSize, imageSize[1] / patchSize] as const;
  const local = {
    weight: repeatedRows(tensor([width / numHeads, kernel * kernel], weight.data), numHeads),
    ...(bias ? { bias: repeatedRows(bias, numHeads) } : {}),
    indices: windowIndices(grid, { kernel, stride: 1, padding: Math.floor(kernel / 2) }),
  };
  return [
    gemm(`${name}.q`, input.name, query), // [N,A]
    node(`${name}.q.act`, "Activation", [`${name}.q`], { kind: "relu" }),
    gemm(`${name}.k`, input.name, key),
    node(
      `${name}.k.positions`,
      "PrependTokens",
      [`${name}.k`],
      {},
      {
        prefix: zeros([0, width]),
        positions: tensor([positions.data.length / width, width], positions.data),
      },
    ),
    node(`${name}.k.act`, "Activation", [`${name}.k.positions`], { kind: "relu" }),
    gemm(`${name}.v`, input.name, value),
    node(`${name}.linear`, "LinearAttention", [`${name}.q.act`, `${name}.k.act`, `${name}.v`], { numHeads, epsilon: 1e-6 }),
    node(`${name}.dwc`, "DepthwiseConvolution", [`${name}.v`], {}, local),
    node(`${name}.sum`, "Add", [`${name}.linear`, `${name}.dwc`]),
    gemm(`${name}.proj`, `${name}.sum`, await scaledLinear(reader, `${name}.proj`, gamma)),
  ];
}

function repeatedRows(rows: Tensor, times: number): Tensor {
  return concatenateRows(Array.from({ length: times }, () => rows));
}
