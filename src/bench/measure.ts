import { median, perForward, type BenchRow } from "./report.ts";
import type { BenchAdapter, BenchRequest, BenchResult } from "./request.ts";

/**
 * One row of the report. Setting up (weights, pipelines) is taken out by difference: the run with `warm` more forwards minus the run
 * without them; a run beforehand fills whatever engine and driver keep. `cpuSeconds` reads the clock of the process that computes.
 */
export async function measureForward(
  request: BenchRequest,
  run: (request: BenchRequest) => Promise<BenchResult>,
  cpuSeconds: () => number | null,
): Promise<{ readonly row: BenchRow; readonly adapter: BenchAdapter }> {
  await run({ ...request, warm: 1 });
  const secondsOf = async (warm: number) => {
    const before = cpuSeconds();
    const result = await run({ ...request, warm });
    const after = cpuSeconds();
    return { result, seconds: before === null || after === null ? null : after - before };
  };
  const short = await secondsOf(1);
  const long = await secondsOf(1 + request.warm);
  const { elapsedMs, counters, plan, integerExecution, adapter } = long.result;
  if (elapsedMs.length !== 1 + request.warm) {
    throw new Error(`internal: ${1 + request.warm} warm forwards were asked for and ${elapsedMs.length} timed`);
  }
  return {
    row: {
      request,
      medianMs: median(elapsedMs),
      cpuSeconds: perForward(long.seconds, short.seconds, request.warm),
      counters,
      plan,
      integerExecution,
    },
    adapter,
  };
}
