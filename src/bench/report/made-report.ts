/** Reports made by hand, for tests. */
import type { SpeedReport, SpeedRow, SpeedRun } from "./schema.ts";

const calls = { dispatches: 88, passes: 1, submits: 1, bindGroups: 0, pipelines: 0, buffers: 0, bufferWrites: 1, maps: 1 };

/** A measured row of DeiT-Tiny that costs `cpu` seconds warm and `10 * cpu` cold. */
export function row(contender: string, cpu: number, change: Partial<SpeedRow> = {}): SpeedRow {
  const cpuSeconds = { gpuProcess: cpu, renderer: 0, total: cpu };
  const cold = { elapsedMs: 2000, phases: [{ name: "first run", elapsedMs: 900 }], cpuSeconds: { ...cpuSeconds, total: 10 * cpu } };
  return {
    model: "deit-tiny",
    contender,
    runtime: contender.startsWith("ours") ? "vitrine" : "onnxruntime-web",
    provider: "webgpu",
    precision: "float",
    status: "measured",
    reason: null,
    cold,
    warm: { timesMs: [1000 * cpu], medianMs: 1000 * cpu, spread: 0, cpuSeconds, stoppedBy: null },
    throughput: [{ batch: 1, imagesPerSecond: 1 / cpu, timesMs: [1000 * cpu], cpuSecondsPerImage: cpu, reason: null }],
    memory: { liveBytes: 2 ** 20, peakBytes: 2 ** 21 },
    calls,
    agreement: { images: 1, cosine: 0.99, relativeError: 1e-6, top1: 1 },
    facts: {},
    notes: [],
    ...change,
  };
}

export const gone = (contender: string, reason: string): SpeedRow => ({
  ...row(contender, 1),
  status: "left out",
  reason,
  cold: null,
  warm: null,
  throughput: [],
  memory: null,
  calls: null,
  agreement: null,
});

export function run(rows: readonly SpeedRow[], change: Partial<SpeedRun> = {}): SpeedRun {
  return {
    id: "run-1",
    startedAt: "2026-01-02T03:04:05.000Z",
    place: "browser",
    commit: "abc1234",
    runtime: "Chromium 156",
    headless: true,
    node: "v20",
    system: "linux",
    processor: "a processor",
    cores: 2,
    loadAverage: 0.5,
    adapter: { vendor: "google", architecture: "swiftshader", device: "", description: "", isSoftware: true, features: [] },
    packages: { "onnxruntime-web": "1.30.0" },
    options: { runs: 1, batches: [1], timeLimitSeconds: 60, recipe: "repq-vit", threads: null },
    models: [
      {
        key: "deit-tiny",
        parameters: 5e6,
        inputShape: [3, 224, 224],
        weights: "seeded random weights",
        reference: { by: "onnxruntime-node", images: 1 },
      },
    ],
    rows: [...rows],
    ...change,
  };
}

export const report = (...runs: readonly SpeedRun[]): SpeedReport => ({ schema: "vitrine.speed/1", runs: [...runs] });
export const hardware: Partial<SpeedRun> = {
  adapter: { vendor: "nvidia", architecture: "ampere", device: "", description: "", isSoftware: false, features: [] },
};
