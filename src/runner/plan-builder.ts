import { checkStep } from "./plan-checks.ts";
import { assignSlots } from "./arena.ts";
import { followsPrologue, fusePrologues } from "./fuse-prologues.ts";
import { packConstant, storeInHalves } from "./half-storage.ts";
import { layoutBytes, type Layout } from "./layout.ts";
import { placeChosen, shapeKey, type GemmChoices } from "./tune/gemm-rungs.ts";
import type {
  AttentionForm,
  ConstantArray,
  Copy,
  Decoding,
  FloatPrecision,
  IntegerExecution,
  Operand,
  Plan,
  PlanMode,
  PlanValue,
  Step,
} from "./plan.ts";

export interface PlanOptions {
  readonly mode: PlanMode;
  /** Batch size B. */
  readonly images: number;
  readonly execution: IntegerExecution;
  /** Storage of a float model (of no other mode); default f32. */
  readonly precision?: FloatPrecision;
  /** Which kernels run the linear layers; without it, those at the foot of the ladder. */
  readonly gemm?: GemmChoices;
  /**
   * Whether normalizations and patchify are prologues of the linear layers behind them, at the foot of the ladder: fewer dispatches, more arithmetic. Not in
   * f16. Default: where `gemm` says so.
   */
  readonly prologue?: "none" | "fused";
  /** How attention is computed; layers that a form does not cover, or whose scores or probabilities are tapped, stay unfused. */
  readonly attention: AttentionForm;
  /** Values to keep readable until the end of the run; unknown names are ignored (a fused value has no buffer). */
  readonly taps: readonly string[];
  /** Packed weights by name, filled on first use and shared by the plans of a session. */
  readonly constants: Map<string, ConstantArray>;
  /** Where given, constants are not packed but wait here, so that pipelines can compile meanwhile; whoever runs the plan moves them to `constants`. */
  readonly pending?: Map<string, () => ConstantArray>;
}

/** Collects steps and values while the graph is lowered, then assigns the arena. */
export interface PlanBuilder {
  readonly options: PlanOptions;
  declare(name: string, layout: Layout, decoding?: Decoding): void;
  layoutOf(name: string): Layout;
  decodingOf(name: string): Decoding | undefined;
  has(name: string): boolean;
  step(step: Step): void;
  /** Rows that are constant: in their place before the first step. */
  copy(copy: Copy): void;
  /** The named constant, built once per session. */
  constant(name: string, build: () => ConstantArray): Operand & { readonly constant: string };
  finish(name: string, inputs: readonly string[], output: string): Plan;
}

export function createPlanBuilder(options: PlanOptions): PlanBuilder {
  let steps: readonly Step[] = [];
  let copies: readonly Copy[] = [];
  const joinable = new Set<Step>();
  const inHalves = options.mode === "float" && options.precision === "f16";
  const declared = new Map<string, { layout: Layout; decoding: Decoding | undefined }>();
  const find = (name: string) => {
    const value = declared.get(name);
    if (!value) throw new Error(`internal: the plan has no value ${name}`);
    return value;
  };
  /** The step on its rung, with the value that only its parts use. */
  const place = (step: Step): readonly Step[] => {
    const placed = placeChosen(step, options.gemm, options.mode, options.images);
    if (placed.scratch) declared.set(placed.scratch.name, { layout: placed.scratch.layout, decoding: undefined });
    placed.steps.forEach(checkStep);
    return placed.steps;
  };
  return {
    options,
    declare: (name, layout, decoding) => void declared.set(name, { layout, decoding }),
    layoutOf: (name) => find(name).layout,
    decodingOf: (name) => find(name).decoding,
    has: (name) => declared.has(name),
    step(step) {
      // In f16 a step finds its rung when it is known what is stored so.
      const joins = !inHalves && wantsPrologue(step, options) && followsPrologue(step, steps);
      if (joins) joinable.add(step);
      if (inHalves || joins) checkStep(step);
      steps = [...steps, ...(inHalves || joins ? [step] : place(step))];
    },
    copy: (copy) => void (copies = [...copies, copy]),
    constant(name, build) {
      if (options.constants.has(name)) return { constant: name };
      if (options.pending) options.pending.set(name, build);
      else options.constants.set(name, build());
      return { constant: name };
    },
    finish(name, inputs, output) {
      if (joinable.size > 0) {
        const fused = fusePrologues(steps, joinable, new Set([output, ...options.taps]));
        steps = fused.steps;
        for (const value of fused.dropped) declared.delete(value);
        steps.forEach(checkStep);
      }
      if (inHalves) {
        const stored = storeInHalves(steps, copies, declared.keys(), new Set([...inputs, output]));
        copies = stored.copies;
        steps = stored.steps.flatMap(place);
        for (const value of stored.values) declared.set(value, { layout: { ...find(value).layout, kind: "f16" }, decoding: undefined });
        packConstants(stored.packed, steps, options);
      }
      const kept = new Set([output, ...options.taps]);
      const lifetimes = [...declared].map(([value, { layout }]) => {
        const isPreset = copies.some((copy) => copy.value === value);
        const written = isPreset ? -1 : steps.findIndex((step) => step.output === value);
        const read = steps.findLastIndex((step) => step.output === value || step.inputs.some((o) => "value" in o && o.value === value));
        return {
          name: value,
          sizeBytes: layoutBytes(layout, options.images),
          firstStep: written,
          lastStep: kept.has(value) ? steps.length : read,
        };
      });
      const { slotOf, slots } = assignSlots(lifetimes);
      const values: Record<string, PlanValue> = {};
      for (const { name: value, ...life } of lifetimes) {
        const { layout, decoding } = find(value);
        values[value] = { layout, ...life, slot: slotOf.get(value) ?? 0, ...(decoding ? { decoding } : {}) };
      }
      const taps = options.taps.filter((tap) => declared.has(tap) && !inputs.includes(tap));
      const { mode, images, constants } = options;
      return {
        name,
        mode,
        images,
        copies,
        steps,
        values,
        slots,
        constants: options.pending ? constants : new Map(constants),
        inputs,
        output,
        taps,
      };
    },
  };
}

function wantsPrologue(step: Step, { prologue, gemm }: PlanOptions): boolean {
  return prologue === undefined ? (gemm?.prologues?.includes(shapeKey(step)) ?? false) : prologue === "fused";
}

/** Constants that the steps read in f16 are packed, or will be; what no step reads in f32 any more is dropped. */
function packConstants(packed: ReadonlyMap<string, string>, steps: readonly Step[], { constants, pending }: PlanOptions): void {
  const read = new Set(steps.flatMap(({ inputs }) => inputs.flatMap((operand) => ("constant" in operand ? [operand.constant] : []))));
  for (const [name, original] of packed) {
    const build = pending?.get(original);
    const known = constants.get(original);
    if (!constants.has(name)) {
      if (build && pending) pending.set(name, () => packConstant(original, build()));
      else if (known) constants.set(name, packConstant(original, known));
    }
    if (read.has(original)) continue;
    pending?.delete(original);
    constants.delete(original);
  }
}
