import { measureRoofline } from "../../gpu/roofline/measure-roofline.ts";
import { chooseExecution } from "../../runner/choose-execution.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { integerObstacle } from "../../runner/integer-obstacle.ts";
import { withoutQuantizers } from "../../runner/open-model.ts";
import { profileModel } from "../../runner/profile/profile-model.ts";
import { toTrace } from "../../runner/profile/trace.ts";
import type { Command } from "../host.ts";
import { buildModel, modelOptions, openModelOption } from "../model-options.ts";
import { choiceOption, numberOption } from "../parse-args.ts";

export const profile: Command = {
  name: "profile",
  summary: "time, operations, bytes and percent of the adapter's floor of every kernel of a forward",
  options: {
    ...modelOptions,
    precision: { value: "NAME", help: "f32, or quantized (the default for packages)" },
    batch: { value: "N", help: "images in the forward, 1 to 64 (default 1)" },
    roofline: { value: "NAME", help: "measure (default) or none: without it there is no percent of floor" },
    trace: { value: "FILE", help: "a trace-event file that Perfetto opens" },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    const precision = choiceOption(options, "precision", ["f32", "quantized"] as const, model.quantization ? "quantized" : "f32");
    const images = numberOption(options, "batch", 1, 64) ?? 1;
    const gpu = await host.gpu();
    const built = await buildModel(model, host);
    const graph = precision === "f32" ? withoutQuantizers(built) : built;
    const roofline =
      choiceOption(options, "roofline", ["measure", "none"] as const, "measure") === "measure" ? await measureRoofline(gpu) : null;
    const mode = precision === "f32" ? "float" : integerObstacle(graph) === null ? "integer" : "simulated";
    const { execution } = await chooseExecution(gpu);
    const result = await profileModel(gpu, graph, { mode, execution, images, roofline }, host.job);
    if (options.trace) await host.write(options.trace, new TextEncoder().encode(JSON.stringify(toTrace(result))));
    return { ...result, roofline, trace: options.trace ?? null, env: { adapter: await describeAdapter(gpu, true), runtime: host.runtime } };
  },
};
