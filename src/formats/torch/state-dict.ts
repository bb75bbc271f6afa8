/** Which of the things in a checkpoint are the model's weights: a state dict, alone, under a key, or inside a whole saved module, also one of TorchScript. */
import { entriesOf, field, PickleObject, type PickleValue } from "../pickle/value.ts";
import { tensorRecord, type TensorRecord } from "./tensor-record.ts";

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorRecord>;
  /** Where it was found: "model", "teacher.backbone"; empty for the checkpoint itself. */
  readonly path: string;
}

/** In order of preference: what training programs call the weights beside optimizer states and averages. */
const weightKeys = [
  "state_dict",
  "model_state_dict",
  "model",
  "model_state",
  "module",
  "net",
  "network",
  "weights",
  "params",
  "model_ema",
  "state_dict_ema",
  "ema_state_dict",
  "ema",
  "teacher",
  "student",
  "encoder",
  "backbone",
];

const maxDepth = 32;
/** A pickle can refer to one module many times; a hundred thousand tensors are more than any checkpoint has. */
const maxTensors = 100_000;

/** null when there are no tensors where weights are looked for. */
export function findStateDict(value: PickleValue, path = "", depth = 0): StateDict | null {
  if (depth > 8) return null;
  if (isModule(value) || isScript(value)) {
    const tensors = new Map<string, TensorRecord>();
    if (isScript(value)) collectScript(value, "", tensors, 0);
    else collectModule(value, "", tensors, 0);
    return tensors.size > 0 ? { tensors, path } : null;
  }
  const entries = entriesOf(value);
  if (!entries) return null;
  const tensors = new Map<string, TensorRecord>();
  for (const [key, item] of entries) {
    const record = typeof key === "string" ? tensorRecord(item) : null;
    if (record) tensors.set(key as string, record);
  }
  // A lone tensor beside dicts ("epoch" as a tensor) does not make a state dict.
  if (tensors.size > 2) return { tensors, path };
  for (const key of weightKeys) {
    const inner = field(value, key);
    const found = inner === undefined ? null : findStateDict(inner, path ? `${path}.${key}` : key, depth + 1);
    if (found) return found;
  }
  return tensors.size > 0 ? { tensors, path } : null;
}

function isModule(value: PickleValue): value is PickleObject {
  return value instanceof PickleObject && field(value.state, "_parameters") !== undefined && field(value.state, "_modules") !== undefined;
}

function collectModule(module: PickleObject, prefix: string, tensors: Map<string, TensorRecord>, depth: number): void {
  if (depth > maxDepth) return;
  for (const part of ["_parameters", "_buffers"]) {
    for (const [name, value] of entriesOf(field(module.state, part) ?? null) ?? []) {
      const record = typeof name === "string" ? tensorRecord(value) : null;
      if (record && tensors.size < maxTensors) tensors.set(prefix + (name as string), record);
    }
  }
  for (const [name, child] of entriesOf(field(module.state, "_modules") ?? null) ?? []) {
    if (typeof name !== "string" || !isModule(child) || tensors.size >= maxTensors) continue;
    collectModule(child, `${prefix}${name}.`, tensors, depth + 1);
  }
}

/** TorchScript sets parameters, buffers and inner modules side by side as attributes. */
function isScript(value: PickleValue): value is PickleObject {
  return value instanceof PickleObject && value.name.startsWith("__torch__.") && entriesOf(value.state) !== null;
}

function collectScript(module: PickleObject, prefix: string, tensors: Map<string, TensorRecord>, depth: number): void {
  if (depth > maxDepth) return;
  for (const [name, value] of entriesOf(module.state) ?? []) {
    if (typeof name !== "string" || tensors.size >= maxTensors) continue;
    if (isScript(value)) {
      collectScript(value, `${prefix}${name}.`, tensors, depth + 1);
      continue;
    }
    const record = tensorRecord(value);
    if (record) tensors.set(prefix + name, record);
  }
}
