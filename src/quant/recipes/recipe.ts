import type { Graph, Node } from "../../graph/graph.ts";
import type { Job } from "../../tensor/progress.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { BitWidths, LayerBits, Role } from "../bits.ts";
import type { Granularity } from "../granularity.ts";
import type { Pass } from "../passes/pass.ts";
import type { Observer } from "../observers/observer.ts";
import type { SchemeName } from "../schemes/index.ts";
import type { Place } from "../sites.ts";
import type { LayerStep } from "../steps/step.ts";

/** The float model and the images it is calibrated on, [B,C,H,W]. */
export interface FloatModel {
  readonly graph: Graph;
  readonly images: Tensor;
  readonly runNode: (node: Node, inputs: readonly Tensor[]) => Promise<Tensor>;
  readonly job?: Job | undefined;
}

/** How the sites that `where` selects are quantized. */
export interface SiteRule {
  readonly where: (place: Place) => boolean;
  readonly scheme: SchemeName;
  /** A role takes the user's bits for it; a number is fixed by the method. */
  readonly bits: Role | number;
  readonly granularity: Granularity;
  readonly observer: Observer;
}

/** What methods do beyond choosing ranges; lists show them so, in this order. */
export const recipeGroupNames = [
  "Ours",
  "Baselines",
  "Reparameterization",
  "Search",
  "Weight rounding",
  "Compensation",
  "Mixed precision",
] as const;

/** What layers lose alone adds up to what they lose together only while that is little. */
export interface AllocatesWhere {
  /** Asked for alike for weights and activations. */
  readonly bits: readonly number[];
  /** With the same bits everywhere the calibration images' predictions are at most this far from the float model's: KL divergence in nats. */
  readonly divergence: number;
}

/** A published method as data: what is observed how, which steps change each layer, which passes the graph. Reads like the paper's method section. */
export interface Recipe {
  readonly name: string;
  readonly group: (typeof recipeGroupNames)[number];
  readonly label: string;
  /** Where it was published; null for folklore. */
  readonly paper: string | null;
  /** One or two sentences for somebody who has not read the paper. */
  readonly description: string;
  /** Calibration uses this many images, the first ones given. */
  readonly calibrationImages: number;
  /** Fewer images than this are refused: the method's statistics would be empty or rank-deficient beyond use. Default 1. */
  readonly minimumImages?: number;
  /** sequential: each range is measured on inputs that the layers before have already degraded; parallel: on the float model. */
  readonly order: "sequential" | "parallel";
  /** The first rule that matches a site decides; a site without a rule stays float. */
  readonly rules: readonly SiteRule[];
  /** Rules for the inputs of LayerNormalization, Softmax and Add, which stay float unless a rule here names them. */
  readonly arithmeticRules?: readonly SiteRule[];
  /** Numbers about the float model that steps look up by name; found once, before the walk. */
  readonly prepare?: (model: FloatModel) => Promise<ReadonlyMap<string, number>>;
  /** Mixed precision: bits by layer for each setting that is asked for, found before the walk unless the user gave their own. In the order of `settings`. */
  readonly allocate?: (model: FloatModel, settings: readonly BitWidths[]) => Promise<readonly LayerBits[]>;
  /** Where it allocates only sometimes, after a first calibration with the same bits everywhere. Absent: always, before any. */
  readonly allocatesWhere?: AllocatesWhere;
  /** Applied to each layer in order, when its inputs are known: rewrites, searches and weight solvers that need data. */
  readonly steps?: readonly LayerStep[];
  /** Applied to the whole graph in order, after the walk. */
  readonly passes: readonly Pass[];
  /** Bit widths this method is defined for; default 2 to 8. */
  readonly bitRange?: { readonly lowest: number; readonly highest: number };
}
