/** Answers which levels a quantizer of the last run has, over values read back from one image. */
import { INPUT, type Graph } from "../../graph/graph.ts";
import type { Preprocessing } from "../../images/preprocessing.ts";
import { runNode } from "../../reference/index.ts";
import type { Engine } from "../../runner/engine.ts";
import { withoutQuantizers } from "../../runner/open-model.ts";
import type { Job } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LevelsRequest, SiteLevels } from "./lab-api.ts";
import { heldSource, type HeldImage } from "./lab-images.ts";
import { siteLevels, unknownSite } from "./level-sites.ts";

/** The models of one run. */
export interface HeldRun {
  readonly id: string;
  readonly main: Graph;
  readonly baseline: Graph | null;
  /** The image whose values are shown. */
  readonly image: HeldImage;
  readonly preprocessing: Preprocessing;
}

export interface LevelReader {
  /** Forgets the run before. */
  hold(run: HeldRun): void;
  levels(request: LevelsRequest, job: Job): Promise<SiteLevels>;
}

export function createLevelReader(openLab: () => Promise<Engine>): LevelReader {
  let run: HeldRun | null = null;
  /** Everything that quantizers of one side read is kept after the first question, so that the next ones cost nothing; of one side only. */
  let values: { readonly graph: Graph; readonly read: Promise<Map<string, Tensor>> } | null = null;

  const valuesOf = (graph: Graph, { image, preprocessing }: HeldRun): Promise<Map<string, Tensor>> => {
    if (values?.graph === graph) return values.read;
    const read = readValues(openLab, graph, image, preprocessing);
    values = { graph, read };
    read.catch(() => {
      if (values?.read === read) values = null;
    });
    return read;
  };

  return {
    hold(next) {
      run = next;
      values = null;
    },
    async levels({ comparison, side, site, entry }, job) {
      const graph = side === "main" ? run?.main : run?.baseline;
      if (run === null || run.id !== comparison || !graph) throw unknownSite(site);
      const held = run;
      const known = await valuesOf(graph, held);
      job.signal?.throwIfAborted();
      return { ...siteLevels(graph, site, entry, (name) => valueIn(graph, known, name)), image: held.image.name };
    },
  };
}

/** The graph as the recipe left it, run without rounding anything: its values are in the same terms as its quantizers. */
async function readValues(
  openLab: () => Promise<Engine>,
  graph: Graph,
  image: HeldImage,
  preprocessing: Preprocessing,
): Promise<Map<string, Tensor>> {
  const engine = await openLab();
  const pixels = await heldSource([image], preprocessing).batch(0, 1);
  const wanted = new Set(graph.nodes.filter(({ quantizers }) => quantizers).flatMap(({ inputs }) => inputs));
  wanted.delete(INPUT);
  const { session } = await engine.open(withoutQuantizers(graph), true);
  try {
    const { taps } = await session.run(pixels, [...wanted]);
    return new Map([[INPUT, pixels], ...Object.entries(taps)]);
  } finally {
    session.destroy();
  }
}

/** What a kernel computes together with something else, or only reads elsewhere (Gather), is computed here from its inputs. */
function valueIn(graph: Graph, known: Map<string, Tensor>, name: string): Tensor {
  const kept = known.get(name);
  if (kept) return kept;
  const node = graph.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`internal: no value is named ${name}`);
  const value = runNode(
    node,
    node.inputs.map((input) => valueIn(graph, known, input)),
  );
  known.set(name, value);
  return value;
}
