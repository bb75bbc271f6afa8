import type { Command } from "../host.ts";
import { modelOptions, openModelOption } from "../model-options.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "the model card, read from headers alone",
  options: modelOptions,
  async run(options, host) {
    const { card, notes } = await openModelOption(host, options);
    return { card, notes };
  },
};
