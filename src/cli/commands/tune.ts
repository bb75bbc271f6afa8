import { chooseExecution } from "../../runner/choose-execution.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { tuneAdapter } from "../../runner/tune/adapter-tuning.ts";
import { tuneBudgetMs } from "../../runner/tune/tune-gemm.ts";
import type { Command } from "../host.ts";
import { buildPrecision, modelOptions, openModelOption, precisionOption } from "../model-options.ts";
import { choiceOption, numberOption } from "../parse-args.ts";

export const tune: Command = {
  name: "tune",
  summary: "measure which kernels run a model's linear layers fastest on this adapter; later commands run with them",
  options: {
    ...modelOptions,
    precision: precisionOption,
    batch: { value: "N", help: "images in a forward, 1 to 64 (default 8); single images are measured too" },
    known: { value: "NAME", help: "keep (default), or forget what was measured on any adapter before" },
  },
  async run(options, host) {
    if (choiceOption(options, "known", ["keep", "forget"] as const, "keep") === "forget") await host.tunings.clear();
    const model = await openModelOption(host, options);
    const { graph, ...form } = await buildPrecision(model, host, options);
    const gpu = await host.gpu();
    const execution = await chooseExecution(gpu);
    const batches = [...new Set([numberOption(options, "batch", 1, 64) ?? 8, 1])];
    const tuning = await tuneAdapter(gpu, { graph, ...form, execution, batches }, { known: await host.tunings.load(gpu) }, host.job);
    await host.tunings.save(gpu, tuning);
    const note = gpu.isSoftware
      ? `A software adapter: kernels with barriers are not tried, measuring ends after ${tuneBudgetMs(gpu)} ms, and the times say nothing about a GPU.`
      : null;
    return {
      model: model.card.name,
      ...form,
      batches,
      ...tuning,
      note,
      env: { adapter: describeAdapter(gpu, execution, tuning), runtime: host.runtime },
    };
  },
};
