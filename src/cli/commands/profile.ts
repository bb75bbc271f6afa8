import { measureRoofline } from "../../gpu/roofline/measure-roofline.ts";
import { chooseExecution } from "../../runner/choose-execution.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { profileModel } from "../../runner/profile/profile-model.ts";
import { PROFILE_SCHEMA, type ProfileReport } from "../../runner/profile/profile-report.ts";
import { toTrace } from "../../runner/profile/trace.ts";
import type { Command } from "../host.ts";
import { buildPrecision, modelOptions, openModelOption, precisionOption } from "../model-options.ts";
import { choiceOption, numberOption } from "../parse-args.ts";

export const profile: Command = {
  name: "profile",
  summary: "cold start, warm forwards, and time, operations, bytes and percent of the adapter's floor of every kernel",
  options: {
    ...modelOptions,
    precision: precisionOption,
    batch: { value: "N", help: "images in the forward, 1 to 64 (default 1)" },
    roofline: {
      value: "NAME",
      help: "measure (default; what tune has measured is taken) or none: without it there is no percent of floor",
    },
    trace: { value: "FILE", help: "a trace-event file that Perfetto opens" },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    const images = numberOption(options, "batch", 1, 64) ?? 1;
    const { graph, ...form } = await buildPrecision(model, host, options);
    const gpu = await host.gpu();
    const tuning = await host.tunings.load(gpu);
    const wanted = choiceOption(options, "roofline", ["measure", "none"] as const, "measure");
    const roofline = wanted === "none" ? null : (tuning?.roofline ?? (await measureRoofline(gpu, host.job)));
    const execution = await chooseExecution(gpu);
    const gemm = tuning ? { gemm: tuning.gemm.choices } : {};
    const measured = await profileModel(gpu, graph, { ...form, execution, images, roofline, ...gemm }, host.job);
    const env = { adapter: describeAdapter(gpu, execution, tuning), runtime: host.runtime };
    const report: ProfileReport = { schema: PROFILE_SCHEMA, ...measured, roofline, env, date: new Date().toISOString() };
    if (options.trace) await host.write(options.trace, new TextEncoder().encode(JSON.stringify(toTrace(report))));
    return { ...report, trace: options.trace ?? null };
  },
};
