/** What a runtime must offer to be measured, and what it is given. The same in a page and in Node. */
import type { ContenderInfo } from "../contender-list.ts";
import type { ModelManifest } from "../models/manifest.ts";
import type { KernelTimes } from "../report/schema.ts";

/** What a runtime tells of itself: dispatches of the plan, threads, kernels that were chosen. */
export type Facts = Readonly<Record<string, string | number>>;

/** A model loaded in one runtime. */
export interface LoadedModel {
  /** pixels: [images,C,H,W] -> logits [images,classes], in CPU memory. */
  run(pixels: Float32Array<ArrayBuffer>, images: number): Promise<Float32Array>;
  /** Of what runs now. */
  readonly facts: Facts;
  /** Measures the adapter for runs of so many images and goes on with what was found best; `facts` then tell of it. Absent where there is nothing to tune. */
  tune?(batches: readonly number[]): Promise<void>;
  /** Times each dispatch of a warm forward beside the adapter's own limits. Absent where dispatches cannot be seen. */
  profile?(): Promise<KernelTimes>;
  close(): Promise<void>;
}

export type Peer = "ort-webgpu" | "ort-wasm" | "ort-node" | "transformers";

/** Where files, packages and the adapter come from. */
export interface ContenderHost {
  readonly gpu: GPU | undefined;
  /** Bytes of a file below the model's folder. */
  read(model: string, path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The module of a peer package, with its own types. */
  importPeer(peer: Peer): Promise<unknown>;
  /** Addresses that a peer reads by itself: folders of its WebAssembly and of the models. Empty in Node. */
  readonly urls: { readonly models: string; readonly ortWasm: string; readonly transformersWasm: string };
  /** Threads of WebAssembly or CPU providers; null leaves the peer's default. */
  readonly threads: number | null;
}

/** Loads a model; `phase` times the parts that can be told apart. */
export type OpenContender = (info: ContenderInfo, manifest: ModelManifest, host: ContenderHost, phase: TimePhase) => Promise<LoadedModel>;

export type TimePhase = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** A contender that cannot run here, with the reason for the report; the rest of the run goes on. */
export class LeftOut extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "LeftOut";
  }
}
