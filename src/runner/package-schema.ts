import { z } from "zod";
import { schemes } from "../quant/schemes/index.ts";
import { ops } from "../graph/ops.ts";

/** The JSON beside a package's tensors. Everything that a hostile file could lie about is bounded here; shapes are checked by makeGraph. */
const positive = z.number().int().positive().max(1e9);
const numbers = z.array(z.number()).max(1e6);
const name = z.string().min(1).max(300);

const quantizer = z.object({
  scheme: z.enum(Object.keys(schemes)),
  bits: z.number().int().min(1).max(8),
  levels: z.enum(["strict", "as-published"]),
  axis: z.union([z.literal(0), z.literal(-1), z.null()]),
  scale: numbers.optional(),
  zeroPoint: numbers.optional(),
});

const site = z.enum(["input", "weight", "query", "key", "probabilities", "value"]);

const node = z.object({
  name,
  op: z.enum(Object.keys(ops)),
  inputs: z.array(name).max(2),
  attributes: z.record(z.string(), z.union([z.number(), z.string().max(100)])),
  weights: z.record(name, z.array(positive).max(4)),
  quantizers: z.partialRecord(site, quantizer).optional(),
});

export const packageSchema = z.object({
  version: z.literal(1),
  name: z.string().max(300),
  inputShape: z.tuple([positive, positive, positive]),
  nodes: z.array(node).min(1).max(20000),
  card: z.looseObject({ name: z.string() }),
  request: z.object({
    recipe: z.string().max(100),
    weightBits: z.number(),
    activationBits: z.number(),
    levels: z.enum(["strict", "as-published"]),
  }),
});

export type PackageHeader = z.infer<typeof packageSchema>;
