/** `npm run bench -- --node`: the same forwards in Node on Dawn; CPU time is this process's own, all threads of a software adapter included. */
import { create, globals } from "webgpu";
import { openGpu } from "../gpu/device.ts";
import { measureForward } from "./measure.ts";
import { budgetsOf, type BenchRow } from "./report.ts";
import type { BenchAdapter } from "./request.ts";
import { createForwardBench } from "./run-forward.ts";
import { readSettings, writeReport } from "./write-report.ts";

Object.assign(globalThis, globals);
// Dawn aborts the process when its instance is collected while work runs.
const instance = create([]);

async function main(): Promise<number> {
  const settings = readSettings();
  const gpu = await openGpu(instance);
  const bench = createForwardBench(gpu);
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const rows: BenchRow[] = [];
  let adapter: BenchAdapter | null = null;
  for (const request of settings.requests) {
    const { model, mode, weightBits, activationBits } = request;
    process.stderr.write(`bench: ${model} ${mode}${mode === "float" ? "" : ` W${weightBits}A${activationBits}`}\n`);
    const measured = await measureForward(request, (each) => bench.run(each), cpuSeconds);
    rows.push(measured.row);
    adapter = measured.adapter;
  }
  if (adapter === null) throw new Error("no execution was asked for");
  const report = writeReport(settings.out, { runtime: `Node ${process.version}, Dawn`, cpuOf: "Node process", adapter, rows });
  gpu.device.destroy();
  if (!settings.check) return 0;
  const budgets = budgetsOf(report);
  const broken = budgets.filter(({ measured, limit }) => !(measured <= limit));
  for (const { name, measured, limit } of broken) process.stderr.write(`bench: ${name}: ${measured.toFixed(2)}, at most ${limit}\n`);
  if (budgets.length === 0) process.stderr.write("bench: no budget could be measured (they need a software adapter and deit-tiny)\n");
  return budgets.length > 0 && broken.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
