/**
 * One linear memory with the compiled kernels of assembly/ on it. Allocation is a stack: constants and the arena lie at the bottom and stay,
 * what a step needs for itself is taken above them and given back at its end. Runs wherever WebAssembly with SIMD does: Node, pages, workers.
 */
import base64 from "virtual:assembly";
import { InputError } from "../tensor/input-error.ts";
import type { KernelExports, Pointer } from "./exports.ts";

export interface WasmHost {
  readonly kernels: KernelExports;
  /** Bytes from the end of all that is in use. Views made before are invalid afterwards: memory may have moved. */
  allocate(sizeBytes: number): Pointer;
  /** Runs `work` and gives back what it allocated. */
  temporarily<T>(work: () => T): T;
  /** What is kept of `source` in this form, made by `fill` at first use; not inside `temporarily`. */
  keep(source: object, form: string, sizeBytes: number, fill: (at: Pointer) => void): Pointer;
  /** A range of at least `sizeBytes` that every caller shares. */
  arena(sizeBytes: number): Pointer;
  /** A view of the memory as it is now. */
  words(at: Pointer, count: number): Uint32Array<ArrayBuffer>;
  /** Forget everything; the memory stays. */
  clear(): void;
}

const PAGE_BYTES = 65536;
/** What 32-bit addresses reach. */
const MAX_PAGES = 65536;
/** Vectors are loaded whole where only their first lanes are in use. */
const SLACK_BYTES = 64;

let compiled: Promise<WebAssembly.Module> | undefined;

export async function openWasmHost(): Promise<WasmHost> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES });
  const { exports } = await WebAssembly.instantiate(await compiled, { env: { memory } });
  return hostOf(exports as unknown as KernelExports, memory);
}

function hostOf(kernels: KernelExports, memory: WebAssembly.Memory): WasmHost {
  // Address 0 stands for "none" in the kernels.
  let top = SLACK_BYTES;
  let depth = 0;
  let arena = { at: 0, sizeBytes: -1 };
  const kept = new Map<object, Map<string, Pointer>>();

  const allocate = (sizeBytes: number): Pointer => {
    const at = top;
    const end = at + Math.ceil(sizeBytes / SLACK_BYTES) * SLACK_BYTES;
    const missing = Math.ceil((end + SLACK_BYTES - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) grow(memory, missing, end);
    top = end;
    return at;
  };
  const checkBottom = () => {
    if (depth > 0) throw new Error("internal: what stays in memory must be allocated before what a step gives back");
  };

  return {
    kernels,
    allocate,
    temporarily(work) {
      const before = top;
      depth++;
      try {
        return work();
      } finally {
        depth--;
        top = before;
      }
    },
    keep(source, form, sizeBytes, fill) {
      const forms = kept.get(source) ?? new Map<string, Pointer>();
      const known = forms.get(form);
      if (known !== undefined) return known;
      checkBottom();
      const at = allocate(sizeBytes);
      fill(at);
      kept.set(source, forms.set(form, at));
      return at;
    },
    arena(sizeBytes) {
      if (arena.sizeBytes < sizeBytes) {
        checkBottom();
        arena = { at: allocate(sizeBytes), sizeBytes };
      }
      return arena.at;
    },
    words: (at, count) => new Uint32Array(memory.buffer, at, count),
    clear() {
      checkBottom();
      top = SLACK_BYTES;
      arena = { at: 0, sizeBytes: -1 };
      kept.clear();
    },
  };
}

function grow(memory: WebAssembly.Memory, pages: number, neededBytes: number): void {
  try {
    memory.grow(pages);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const mebibytes = (sizeBytes: number) => (sizeBytes / 2 ** 20).toFixed(0);
    throw new InputError("MODEL_TOO_LARGE", {
      what: `The model needs ${mebibytes(neededBytes)} MiB on the CPU executor.`,
      why: `WebAssembly reaches at most ${mebibytes(MAX_PAGES * PAGE_BYTES)} MiB, and this machine may grant less.`,
      next: "Use the integer executor, a smaller model or a smaller batch.",
    });
  }
}
