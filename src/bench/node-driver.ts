/** Contenders in this process: our engine on Dawn, onnxruntime-node beside it. CPU time is the process's own, all threads included. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { create, globals } from "webgpu";
import { createBenchSession } from "./bench-session.ts";
import { LeftOut, type ContenderHost } from "./contenders/contender.ts";
import type { Driver } from "./driver.ts";
import { packageVersion } from "./environment.ts";
import { installGpuMeter } from "./gpu-meter.ts";
import type { ModelManifest } from "./models/manifest.ts";

export interface NodeDriver extends Driver {
  readonly gpu: GPU;
  /** Counts no calls any more. */
  close(): void;
}

/** `gpu`: a Dawn instance; it aborts the process when it is collected while work runs. */
export function createNodeDriver(
  modelsFolder: string,
  threads: number | null,
  manifestOf: () => ModelManifest,
  gpu: GPU = create([]),
): NodeDriver {
  Object.assign(globalThis, globals);
  const meter = installGpuMeter(globalThis);
  const require = createRequire(import.meta.url);
  const host: ContenderHost = {
    gpu,
    threads,
    urls: { models: "", ortWasm: "", transformersWasm: "" },
    read: (model, path) => Promise.resolve(new Uint8Array(readFileSync(join(modelsFolder, model, path)))),
    importPeer(peer) {
      if (peer !== "ort-node") throw new Error(`internal: ${peer} is for pages`);
      return Promise.resolve(require("onnxruntime-node") as unknown);
    },
  };
  return {
    gpu,
    close: () => meter?.restore(),
    open(info) {
      if (info.package !== null && packageVersion(info.package) === null)
        return Promise.reject(new LeftOut(`${info.package} is not installed`));
      const session = createBenchSession(host, meter, null);
      return Promise.resolve({
        load: () => session.load(info.id, manifestOf()),
        tune: (batches) => session.tune(batches),
        run: (images) => session.run(images),
        profile: () => session.profile(),
        // Of all contenders: they share the process.
        cpu() {
          const { user, system } = process.cpuUsage();
          return Promise.resolve({ gpuProcess: null, renderer: null, total: (user + system) / 1e6 });
        },
        close: () => session.close(),
      });
    },
  };
}
