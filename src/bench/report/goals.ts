/** What this engine sets out to keep on a software adapter, DeiT-Tiny, batch 1; `--check` makes them the exit code. */
import type { SpeedReport, SpeedRow, SpeedRun } from "./schema.ts";

export interface Goal {
  readonly name: string;
  readonly measured: number;
  readonly limit: number;
  readonly isKept: boolean;
}

const MODEL = "deit-tiny";
const FLOAT_CPU_SECONDS = 1.2;
const INTEGER_TO_FLOAT = 1.2;
const PEER_TO_OURS = 10;
const COLD_TO_PEER = 0.25;

/** The goals that the report can tell of: they need CPU seconds of a browser on a software adapter. */
export function goalsOf(report: SpeedReport): Goal[] {
  return report.runs.filter(({ place, adapter }) => place === "browser" && adapter?.isSoftware === true).flatMap(goalsOfRun);
}

function goalsOfRun({ rows }: SpeedRun): Goal[] {
  const rowOf = (contender: string) => rows.find((row) => row.model === MODEL && row.contender === contender);
  const float = warmCpu(rowOf("ours-float"));
  const goals: Goal[] = [];
  const atMost = (name: string, measured: number | null, limit: number) => {
    if (measured !== null) goals.push({ name, measured, limit, isKept: measured <= limit });
  };
  atMost("ours float, CPU-seconds of the GPU process per warm forward", float, FLOAT_CPU_SECONDS);
  atMost("W8A8 / float", ratio(warmCpu(rowOf("ours-w8a8")), float), INTEGER_TO_FLOAT);
  atMost("W4A4 / float", ratio(warmCpu(rowOf("ours-w4a4")), float), INTEGER_TO_FLOAT);
  const peer = ratio(warmCpu(rowOf("ort-web-webgpu-float")), float);
  if (peer !== null) {
    const name = "onnxruntime-web webgpu float / ours float, at least";
    goals.push({ name, measured: peer, limit: PEER_TO_OURS, isKept: peer >= PEER_TO_OURS });
  }
  const cold = ratio(coldCpu(rowOf("ours-float")), coldCpu(rowOf("ort-web-webgpu-float")));
  atMost("cold start, ours float / onnxruntime-web webgpu float, CPU-seconds", cold, COLD_TO_PEER);
  return goals;
}

function warmCpu(row: SpeedRow | undefined): number | null {
  return row?.warm?.cpuSeconds?.gpuProcess ?? null;
}

function coldCpu(row: SpeedRow | undefined): number | null {
  return row?.cold?.cpuSeconds?.total ?? null;
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b <= 0 ? null : a / b;
}
