/**
 * Measured sensitivity: how far the model moves when only one layer, or one group of layers such as all of a role, is quantized. What "moves" means is
 * the caller's: usually the KL divergence of the logits from those of the float model.
 */
import { throwIfCancelled, type Job } from "../../tensor/progress.ts";
import type { BitAssignment } from "./bit-costs.ts";

/** What is quantized together. */
export interface SensitivityGroup {
  /** Of the row in the table: a node's name, or "mlp.fc1" for all of them. */
  readonly name: string;
  readonly nodes: readonly string[];
  readonly operands: "weights" | "activations" | "both";
}

/** table[group][bits] = what was measured. */
export type SensitivityTable = Readonly<Record<string, Readonly<Record<number, number>>>>;

export interface SensitivityRequest {
  readonly groups: readonly SensitivityGroup[];
  readonly candidates: readonly number[];
  /** Runs the model with these nodes at these bits and everything else in float. */
  readonly measure: (assignment: BitAssignment) => number | Promise<number>;
  /** Results of an earlier run that was stopped: what is in it is not measured again. */
  readonly known?: SensitivityTable | undefined;
  /** The table so far after every measurement: what is kept when the run is cancelled. */
  readonly onMeasured?: ((table: SensitivityTable) => void) | undefined;
  readonly job?: Job | undefined;
}

/** Each layer by itself. */
export function eachLayer(names: readonly string[], operands: SensitivityGroup["operands"] = "both"): SensitivityGroup[] {
  return names.map((name) => ({ name, nodes: [name], operands }));
}

/** Layers of the same role in all blocks together: "blocks.3.mlp.fc1" counts to "mlp.fc1". */
export function eachRole(names: readonly string[], operands: SensitivityGroup["operands"] = "both"): SensitivityGroup[] {
  const roles = new Map<string, string[]>();
  for (const name of names) {
    const role = name.replace(/^.*\.\d+\./, "");
    roles.set(role, [...(roles.get(role) ?? []), name]);
  }
  return [...roles].map(([name, nodes]) => ({ name, nodes, operands }));
}

export async function measureSensitivity(request: SensitivityRequest): Promise<SensitivityTable> {
  const { groups, candidates, measure, known = {}, onMeasured, job } = request;
  const missing = groups.flatMap((group) =>
    candidates.filter((bits) => known[group.name]?.[bits] === undefined).map((bits) => ({ group, bits })),
  );
  const total = groups.length * candidates.length;
  let table: SensitivityTable = known;
  for (const [index, { group, bits }] of missing.entries()) {
    throwIfCancelled(job);
    job?.onProgress?.({ stage: `measuring ${group.name} at ${bits} bits`, done: total - missing.length + index, total });
    const value = await measure(assignmentOf(group, bits));
    if (!Number.isFinite(value)) throw new Error(`internal: ${group.name} at ${bits} bits measured ${value}`);
    table = { ...table, [group.name]: { ...table[group.name], [bits]: value } };
    onMeasured?.(table);
  }
  job?.onProgress?.({ stage: "measured sensitivities", done: total, total });
  return table;
}

function assignmentOf({ nodes, operands }: SensitivityGroup, bits: number): BitAssignment {
  const widths = { both: { weights: bits, activations: bits }, weights: { weights: bits }, activations: { activations: bits } }[operands];
  return Object.fromEntries(nodes.map((node) => [node, widths]));
}
