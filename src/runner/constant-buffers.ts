import { checkBufferSize, type Gpu } from "../gpu/device.ts";
import type { ConstantArray } from "./plan.ts";

/** Weights and tables on the GPU, many to a buffer. */
export interface ConstantBuffers {
  /** Upload what is not there yet; call before making an executor. */
  upload(constants: ReadonlyMap<string, ConstantArray>): void;
  binding(name: string): GPUBufferBinding;
  /** Bytes allocated on the device. */
  sizeBytes(): number;
  destroy(): void;
}

const ALIGNMENT = 256;
/** Constants up to this are gathered in shared buffers of about this size. */
const CHUNK_BYTES = 64 * 2 ** 20;

export function createConstantBuffers({ device }: Gpu): ConstantBuffers {
  const bindings = new Map<string, GPUBufferBinding>();
  const buffers: GPUBuffer[] = [];
  return {
    upload(constants) {
      const missing = [...constants].filter(([name]) => !bindings.has(name));
      while (missing.length > 0) {
        const group: { name: string; array: ConstantArray; offset: number }[] = [];
        let size = 0;
        do {
          const [name, array] = missing[0];
          const bytes = Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
          if (group.length > 0 && size + bytes > CHUNK_BYTES) break;
          checkBufferSize(device, bytes, name);
          group.push({ name, array, offset: size });
          size += bytes;
          missing.shift();
        } while (missing.length > 0);
        const buffer = device.createBuffer({
          label: "constants",
          size,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
        });
        buffers.push(buffer);
        for (const { name, array, offset } of group) {
          device.queue.writeBuffer(buffer, offset, array);
          bindings.set(name, { buffer, offset, size: Math.ceil(array.byteLength / 16) * 16 });
        }
      }
    },
    binding(name) {
      const binding = bindings.get(name);
      if (!binding) throw new Error(`internal: constant ${name} was not uploaded`);
      return binding;
    },
    sizeBytes: () => buffers.reduce((sum, buffer) => sum + buffer.size, 0),
    destroy() {
      for (const buffer of buffers) buffer.destroy();
      bindings.clear();
    },
  };
}
