/** Attributes of ONNX nodes by kind; a stated one of another kind breaks the format's rules. */
import type { OnnxNode } from "../../formats/onnx/onnx-model.ts";
import { broken } from "./unsupported.ts";

export function numberAttribute(node: OnnxNode, name: string, fallback: number): number {
  const value = node.attributes[name] ?? fallback;
  if (typeof value !== "number") throw broken(node, `the attribute ${name} is no number`);
  return value;
}

export function integerAttribute(node: OnnxNode, name: string, fallback: number): number {
  const value = numberAttribute(node, name, fallback);
  if (!Number.isInteger(value)) throw broken(node, `the attribute ${name} is ${value}, no integer`);
  return value;
}

export function integersAttribute(node: OnnxNode, name: string): readonly number[] | null {
  const value = node.attributes[name];
  if (value === undefined) return null;
  if (!Array.isArray(value) || !value.every((item) => Number.isInteger(item)))
    throw broken(node, `the attribute ${name} is no list of integers`);
  return value as readonly number[];
}

export function textAttribute(node: OnnxNode, name: string, fallback: string): string {
  const value = node.attributes[name] ?? fallback;
  if (typeof value !== "string") throw broken(node, `the attribute ${name} is no text`);
  return value;
}
