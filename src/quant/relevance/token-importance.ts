/**
 * How much more the class token matters to the logits than a patch, block by block, by probing the float model: noise of five percent of each token's own
 * spread is added after a block, once to the class token and once to all patches, and the change of the centred logits compared, per token.
 *   r_l = |d logits (class token)|^2 / (|d logits (patches)|^2 / number of patches)
 * Forward passes only (ptq-wide 1.6, item 1). Models that pool by the mean have no such token: every weight is 1.
 */
import { INPUT, type Graph, type Node } from "../../graph/graph.ts";
import { seededNormal } from "../../tensor/random.ts";
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";

export interface TokenProbe {
  readonly graph: Graph;
  /** [B,C,H,W]: a few are enough. */
  readonly images: Tensor;
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

const NOISE = 0.05;
const REPETITIONS = 2;

/** r of the class token after each block, by the block's prefix ("blocks.3."); empty where no token is singled out. The last block repeats twice the one before. */
export async function classTokenImportance(probe: TokenProbe): Promise<ReadonlyMap<string, number>> {
  const { graph } = probe;
  const gather = graph.nodes.find(({ op }) => op === "Gather");
  const ends = blockEnds(graph);
  const found = new Map<string, number>();
  if (gather?.attributes.index !== 0 || ends.length === 0) return found;
  const { values, logits } = await forward(probe, ends);
  const normal = seededNormal(0);
  let last = 1;
  for (const [block, end] of ends.entries()) {
    probe.job?.onProgress?.({ stage: "probing the class token", done: block, total: ends.length });
    if (block < ends.length - 1) {
      const changes = [0, 0];
      for (const who of [0, 1]) {
        for (let repetition = 0; repetition < REPETITIONS; repetition++) {
          const x = values.get(end.name);
          if (!x) throw new Error(`internal: ${end.name} was not kept`);
          changes[who] += centredDistance(await suffix(probe, end.index, end.name, disturbed(x, who === 0, normal)), logits);
        }
      }
      const tokens = graph.shapes[end.name][0];
      last = changes[1] > 0 ? changes[0] / (changes[1] / (tokens - 1)) : 1;
    } else last *= 2;
    found.set(end.prefix, last);
  }
  return found;
}

interface BlockEnd {
  readonly prefix: string;
  /** The block's last node. */
  readonly name: string;
  readonly index: number;
}

function blockEnds({ nodes }: Graph): BlockEnd[] {
  const ends = new Map<string, BlockEnd>();
  nodes.forEach(({ name }, index) => {
    const prefix = /^blocks\.\d+\./.exec(name)?.[0];
    if (prefix) ends.set(prefix, { prefix, name, index });
  });
  return [...ends.values()];
}

async function forward({ graph, images, runNode, job }: TokenProbe, ends: readonly BlockEnd[]) {
  const kept = new Set(ends.map(({ name }) => name));
  const values = new Map([[INPUT, images]]);
  let logits = images;
  for (const [index, node] of graph.nodes.entries()) {
    throwIfCancelled(job);
    logits = await runNode(node, inputsOf(node, values));
    values.set(node.name, logits);
    for (const name of node.inputs) if (!kept.has(name) && !readLater(graph, name, index)) values.delete(name);
  }
  return { values, logits };
}

/** The logits when the value after `index` is replaced. */
async function suffix({ graph, runNode, job }: TokenProbe, index: number, name: string, value: Tensor): Promise<Tensor> {
  const values = new Map([[name, value]]);
  let last = value;
  for (const [offset, node] of graph.nodes.slice(index + 1).entries()) {
    throwIfCancelled(job);
    last = await runNode(node, inputsOf(node, values));
    values.set(node.name, last);
    for (const input of node.inputs) if (!readLater(graph, input, index + 1 + offset)) values.delete(input);
  }
  return last;
}

function readLater({ nodes }: Graph, name: string, index: number): boolean {
  return nodes.slice(index + 1).some(({ inputs }) => inputs.includes(name));
}

function inputsOf({ name, inputs }: Node, values: ReadonlyMap<string, Tensor>): Tensor[] {
  return inputs.map((input) => {
    const value = values.get(input);
    if (!value) throw new Error(`internal: ${name} reads ${input}, which is not there`);
    return value;
  });
}

/** Noise of NOISE times each token's standard deviation on the class token or on all others. x: [B,N,D] */
function disturbed({ shape, data }: Tensor, classToken: boolean, normal: () => number): Tensor {
  const [, tokens, width] = shape;
  const out = data.slice();
  for (let row = 0; row * width < data.length; row++) {
    if ((row % tokens === 0) !== classToken) continue;
    const at = row * width;
    const deviation = deviationOf(data.subarray(at, at + width));
    for (let i = at; i < at + width; i++) out[i] += NOISE * deviation * normal();
  }
  return tensor(shape, out);
}

function deviationOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/** Squared distance of two logit tensors after each image's mean difference is taken out. [B,C] */
function centredDistance(a: Tensor, b: Tensor): number {
  const [images, classes] = a.shape;
  let sum = 0;
  for (let image = 0; image < images; image++) {
    let mean = 0;
    for (let c = 0; c < classes; c++) mean += (a.data[image * classes + c] - b.data[image * classes + c]) / classes;
    for (let c = 0; c < classes; c++) sum += (a.data[image * classes + c] - b.data[image * classes + c] - mean) ** 2;
  }
  return sum;
}
