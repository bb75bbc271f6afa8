/** The page of the benchmark: one contender with one model, driven from outside through `window.vitrineBench`. No part of the app. */
import { createBenchSession, type BenchSession, type LoadResult, type Outcome } from "../bench-session.ts";
import type { ContenderHost, Peer } from "../contenders/contender.ts";
import { describeAdapter, type BenchAdapter } from "../describe-adapter.ts";
import { installGpuMeter } from "../gpu-meter.ts";
import type { ModelManifest } from "../models/manifest.ts";
import { PEER_FOLDERS } from "./peer-folders.ts";

export interface BenchPage extends Pick<BenchSession, "tune" | "run" | "profile" | "close"> {
  /** `threads`: of WebAssembly providers, null for the peer's default. */
  load(contender: string, manifest: ModelManifest, threads: number | null): Promise<Outcome<LoadResult>>;
  adapter(): Promise<BenchAdapter | null>;
}

declare global {
  interface Window {
    vitrineBench?: BenchPage;
  }
}

/** The modules that a page would take from a content delivery network, here from node_modules. */
const PEER_MODULES: Readonly<Record<Exclude<Peer, "ort-node">, string>> = {
  "ort-webgpu": `${PEER_FOLDERS.ort}ort.webgpu.bundle.min.mjs`,
  "ort-wasm": `${PEER_FOLDERS.ort}ort.wasm.bundle.min.mjs`,
  transformers: `${PEER_FOLDERS.transformers}transformers.min.js`,
};

// Before any runtime can take a reference to the methods.
const meter = installGpuMeter(globalThis);
let session: BenchSession | null = null;

const address = (path: string) => new URL(path, location.origin).href;

const hostOf = (threads: number | null): ContenderHost => ({
  gpu: navigator.gpu,
  threads,
  urls: { models: "/models/", ortWasm: address(PEER_FOLDERS.ort), transformersWasm: address(PEER_FOLDERS.transformersOrt) },
  async read(model, path) {
    const escaped = [model, ...path.split("/")].map(encodeURIComponent).join("/");
    const response = await fetch(address(`/models/${escaped}`));
    if (!response.ok) throw new Error(`${path} of ${model}: the server answers ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
  importPeer(peer) {
    if (peer === "ort-node") throw new Error("internal: onnxruntime-node is not for pages");
    return import(/* @vite-ignore */ address(PEER_MODULES[peer]));
  },
});

window.vitrineBench = {
  load(contender, manifest, threads) {
    session = createBenchSession(hostOf(threads), meter, document);
    show(`${contender}, ${manifest.key}`);
    return session.load(contender, manifest);
  },
  tune: (batches) => opened().tune(batches),
  run: (images) => opened().run(images),
  profile: () => opened().profile(),
  close: async () => session?.close(),
  adapter: () => describeAdapter(navigator.gpu),
};

function opened(): BenchSession {
  if (session === null) throw new Error("internal: nothing is loaded");
  return session;
}

function show(text: string): void {
  const state = document.getElementById("state");
  if (state) state.textContent = text;
}
