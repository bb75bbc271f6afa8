/**
 * Dawn in Node for tests: the one place that creates a GPU instance outside the browser and the command line.
 * The instances live on globalThis: Dawn aborts the process when an instance is collected while its work runs, and test files
 * that share a process must share one device (SwiftShader loses instances when many devices are made and destroyed).
 * No adapter is an error: a GPU test must not pass by being skipped.
 */
import { create, globals } from "webgpu";
import { FEATURES_WE_USE, LIMITS_TO_EXECUTE, LIMITS_WE_RAISE } from "./gpu-wishes.ts";

interface NodeGpuState {
  hardware: GPU | null;
  nullBackend: GPU | null;
  device: Promise<GPUDevice> | null;
  nullDevice: Promise<GPUDevice> | null;
  uncapturedErrors: string[];
}

const STATE_KEY = Symbol.for("vitrine.testing.node-gpu");
const holder = globalThis as { [STATE_KEY]?: NodeGpuState };
const state = (holder[STATE_KEY] ??= { hardware: null, nullBackend: null, device: null, nullDevice: null, uncapturedErrors: [] });

/** GPUBufferUsage and the other constants, which Node does not have. */
export function installWebGpuGlobals(): void {
  Object.assign(globalThis, globals);
}

/** Node's `navigator.gpu`, kept alive for the whole process. */
export function nodeInstance(): GPU {
  return (state.hardware ??= create([]));
}

/** A fresh adapter (an adapter serves one device only): hardware where there is some, else SwiftShader. */
export async function nodeAdapter(): Promise<GPUAdapter> {
  const adapter = await nodeInstance().requestAdapter({ powerPreference: "high-performance" });
  if (adapter !== null) return adapter;
  const icd = process.env["VK_ICD_FILENAMES"] ?? "not set";
  throw new Error(
    `internal: Dawn found no WebGPU adapter (VK_ICD_FILENAMES is ${icd}). GPU tests need libvulkan1 and a Vulkan driver, ` +
      "or Chromium's SwiftShader beside it: `npm test` arranges both.",
  );
}

/** The device all GPU tests share, with every optional feature we use that the adapter has. Do not destroy it. */
export function nodeDevice(): Promise<GPUDevice> {
  return (state.device ??= nodeAdapter().then((adapter) => openDevice(adapter, "shared test device", LIMITS_TO_EXECUTE)));
}

/** A device on Dawn's null backend: compiles everything (it claims f16, subgroups and, as an unsafe API, their matrices too), executes nothing. */
export function nullDevice(): Promise<GPUDevice> {
  return (state.nullDevice ??= openNullDevice());
}

/** Errors nobody had a scope for, since the last call. */
export function takeUncapturedErrors(): readonly string[] {
  return state.uncapturedErrors.splice(0);
}

async function openNullDevice(): Promise<GPUDevice> {
  state.nullBackend ??= create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  const adapter = await state.nullBackend.requestAdapter();
  if (adapter === null) throw new Error("internal: Dawn's null backend offers no adapter");
  return openDevice(adapter, "null device", LIMITS_WE_RAISE);
}

async function openDevice(
  adapter: GPUAdapter,
  label: string,
  raised: typeof LIMITS_TO_EXECUTE | typeof LIMITS_WE_RAISE,
): Promise<GPUDevice> {
  const requiredFeatures = FEATURES_WE_USE.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(raised.map((limit) => [limit, adapter.limits[limit]]));
  const device = await adapter.requestDevice({ label, requiredFeatures, requiredLimits });
  device.addEventListener("uncapturederror", (event) => {
    state.uncapturedErrors.push(`${label}: ${(event as GPUUncapturedErrorEvent).error.message}`);
  });
  return device;
}
