import { checkStep } from "./plan-checks.ts";
import { assignSlots } from "./arena.ts";
import { layoutBytes, type Layout } from "./layout.ts";
import { placeChosen, type GemmChoices } from "./tune/gemm-rungs.ts";
import type { AttentionForm, ConstantArray, Copy, Decoding, IntegerExecution, Operand, Plan, PlanMode, PlanValue, Step } from "./plan.ts";

export interface PlanOptions {
  readonly mode: PlanMode;
  /** Batch size B. */
  readonly images: number;
  readonly execution: IntegerExecution;
  /** Which kernels run the linear layers; without it, those at the foot of the ladder. */
  readonly gemm?: GemmChoices;
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
  const steps: Step[] = [];
  const copies: Copy[] = [];
  const declared = new Map<string, { layout: Layout; decoding: Decoding | undefined }>();
  const find = (name: string) => {
    const value = declared.get(name);
    if (!value) throw new Error(`internal: the plan has no value ${name}`);
    return value;
  };
  return {
    options,
    declare: (name, layout, decoding) => void declared.set(name, { layout, decoding }),
    layoutOf: (name) => find(name).layout,
    decodingOf: (name) => find(name).decoding,
    has: (name) => declared.has(name),
    step(step) {
      const placed = placeChosen(step, options.gemm, options.mode, options.images);
      if (placed.scratch) declared.set(placed.scratch.name, { layout: placed.scratch.layout, decoding: undefined });
      placed.steps.forEach(checkStep);
      steps.push(...placed.steps);
    },
    copy: (copy) => void copies.push(copy),
    constant(name, build) {
      if (options.constants.has(name)) return { constant: name };
      if (options.pending) options.pending.set(name, build);
      else options.constants.set(name, build());
      return { constant: name };
    },
    finish(name, inputs, output) {
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
