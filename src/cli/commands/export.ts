import { exportFormats, exportModel } from "../../runner/export/index.ts";
import type { Command } from "../host.ts";
import { modelOptions, openModelOption } from "../model-options.ts";

export const exportCommand: Command = {
  name: "export",
  summary: "a model or package in another tool's format, read back and compared before it is written",
  options: {
    ...modelOptions,
    format: { value: "NAME", help: exportFormats.map(({ name }) => name).join(", "), required: true },
    "out-dir": { value: "DIR", help: "where the files go", required: true },
  },
  async run(options, host) {
    const model = await openModelOption(host, options);
    const graph = await model.build(host.job);
    const { files, payloadBytes, check, notes } = await exportModel(options.format ?? "", {
      graph,
      card: model.card,
      request: model.quantization,
    });
    const folder = (options["out-dir"] ?? "").replace(/\/+$/, "");
    for (const { name, bytes } of files) await host.write(`${folder}/${name}`, bytes);
    return {
      files: files.map(({ name, bytes }) => ({ path: `${folder}/${name}`, fileBytes: bytes.length })),
      payloadBytes,
      check,
      notes,
    };
  },
};
