import type { ByteSource } from "../formats/byte-source.ts";
import { currentGpu, type GpuOf } from "../gpu/current-gpu.ts";
import { openGpu } from "../gpu/device.ts";
import type { Pixels } from "../images/pixels.ts";
import { createTunings, indexedDbStore } from "../runner/tune/tune-store.ts";
import type { ErrorCode } from "../tensor/error-table.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Progress } from "../tensor/progress.ts";
import type { Host } from "./host.ts";
import { failure, type Outcome } from "./outcome.ts";
import { runCommand } from "./run-command.ts";

/** Page side of `npm run lab -- ... --browser`: what browser-driver.ts calls. */
export interface BrowserLab {
  /** `filesUrl`: where the driver's server gives the files named in `args`, and only those. */
  run(args: readonly string[], filesUrl: string): Promise<Outcome>;
}

declare global {
  interface Window {
    /** There only with `?automation=engine`. */
    vitrineLab?: BrowserLab;
    /** Given by the driver before the page loads. */
    vitrineProgress?: (progress: Progress) => Promise<void>;
  }
}

type DecodeBlob = (blob: Blob, name: string) => Promise<Pixels>;

const PROGRESS_INTERVAL_MS = 100;

export function installBrowserLab(decodeBlob: DecodeBlob): void {
  window.vitrineLab = {
    async run(args, filesUrl) {
      const host = createBrowserHost(
        filesUrl,
        decodeBlob,
        currentGpu(() => openGpu(navigator.gpu)),
      );
      try {
        return { kind: "done", json: JSON.stringify(await runCommand(args, host)) };
      } catch (error) {
        return failure(error);
      }
    },
  };
}

function createBrowserHost(filesUrl: string, decodeBlob: DecodeBlob, gpu: GpuOf): Host {
  return {
    runtime: navigator.userAgent,
    job: { onProgress: throttled((progress) => void window.vitrineProgress?.(progress)) },
    gpu,
    tunings: createTunings(indexedDbStore(indexedDB)),
    decode: (bytes, name) => decodeBlob(new Blob([bytes]), name),
    async open(path, withModelFiles = false) {
      const url = `${at(filesUrl, path)}${withModelFiles ? "&model" : ""}`;
      const files = (await (await request(url)).json()) as readonly { name: string; byteLength: number }[];
      return files.map(({ name, byteLength }, index) => remoteSource(`${url}&file=${index}`, name, byteLength));
    },
    async write(path, bytes) {
      await request(at(filesUrl, path), { method: "POST", body: bytes });
    },
  };
}

/** A file of the driver's server, read range by range: models are larger than what one message or one array should hold. */
function remoteSource(url: string, name: string, byteLength: number): ByteSource {
  return {
    name,
    byteLength,
    async slice(start, end) {
      // A range cannot be empty in HTTP.
      if (start === end) return new Uint8Array(0);
      const response = await request(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

function at(filesUrl: string, path: string): string {
  return `${filesUrl}?path=${encodeURIComponent(path)}`;
}

/** Throws what the server found wrong: its own InputError where it sends one. */
async function request(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { cache: "no-store", ...init });
  if (response.ok) return response;
  const text = await response.text();
  if (response.headers.get("Content-Type") !== "application/json") throw new Error(`internal: ${response.status} for a file: ${text}`);
  const { code, ...parts } = JSON.parse(text) as { code: ErrorCode; what: string; why: string; next: string };
  throw new InputError(code, parts);
}

/** Every report crosses processes: the last of a stage always does, others only now and then. */
function throttled(report: (progress: Progress) => void): (progress: Progress) => void {
  let lastMs = -Infinity;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < PROGRESS_INTERVAL_MS && progress.done < progress.total) return;
    lastMs = nowMs;
    report(progress);
  };
}
