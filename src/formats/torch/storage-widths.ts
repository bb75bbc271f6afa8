/** Bytes per element of every storage, from the persistent ids in a pickle: in the older format storages lie one behind the other without types. */
import { PickleDict, PickleObject, type PickleValue } from "../pickle/value.ts";
import { storedBits } from "../stored-dtype.ts";
import { tensorRecord } from "./tensor-record.ts";

export function storageWidths(root: PickleValue): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  // Shared and cyclic values are visited once; the list stands for a stack that deep nesting cannot overflow.
  const seen = new Set<PickleValue>();
  const pending: PickleValue[] = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array || seen.has(value)) continue;
    seen.add(value);
    const record = tensorRecord(value);
    if (record) widths.set(record.storage, storedBits[record.dtype] / 8);
    else for (const part of partsOf(value)) pending.push(part);
  }
  return widths;
}

function partsOf(value: PickleValue): Iterable<PickleValue> {
  if (Array.isArray(value)) return value;
  if (value instanceof PickleDict) return [...value.entries.keys(), ...value.entries.values()];
  return value instanceof PickleObject ? [...value.args, value.state, value.items] : [];
}
