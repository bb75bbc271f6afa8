/**
 * What a node reads: a value, and how its elements are moved on the way. The static form moves codes, between QuantizeLinear and DequantizeLinear:
 * onnxruntime would else write a further pair of the two around every Reshape and Transpose that lies beside them, and where QuantizeLinear is the
 * CPU's (its WebGPU provider has none) each pair is one more way from the GPU to the CPU and back.
 */
export interface Operand {
  readonly value: string;
  /** The name of floats or codes -> the name of the same in the order that the reader wants. */
  move(name: string): string;
}

export function unmoved(value: string): Operand {
  return { value, move: (name) => name };
}

export function moved({ value, move }: Operand): string {
  return move(value);
}
