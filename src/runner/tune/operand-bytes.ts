import type { Operand, Plan } from "../plan.ts";

/** Bytes of a value or constant of the plan. */
export function operandBytes(plan: Plan, operand: Operand): number {
  if ("value" in operand) return plan.values[operand.value].sizeBytes;
  const array = plan.constants.get(operand.constant);
  if (!array) throw new Error(`internal: the plan has no constant ${operand.constant}`);
  return array.byteLength;
}
