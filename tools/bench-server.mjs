/** The local server of the benchmark's page: the page, the prepared models, and the peer packages as a content delivery network would offer them. */
import { existsSync } from "node:fs";
import { serve } from "./serve.mjs";

const PACKAGES = "node_modules";
/** transformers.js brings a runtime of its own version; npm puts it here when another is wanted beside it. */
const NESTED_RUNTIME = `${PACKAGES}/@huggingface/transformers/node_modules/onnxruntime-web/dist`;
const RUNTIME = `${PACKAGES}/onnxruntime-web/dist`;

/**
 * The paths are those of src/bench/page/peer-folders.ts. A package that is not installed is a folder that does not exist: its files answer 404.
 * @param {string} modelsFolder
 */
export function serveBench(modelsFolder) {
  return serve({
    root: "dist/bench-page",
    port: 0,
    mounts: {
      "/models/": modelsFolder,
      "/peers/onnxruntime-web/": RUNTIME,
      "/peers/transformers/": `${PACKAGES}/@huggingface/transformers/dist`,
      "/peers/transformers-onnxruntime-web/": existsSync(NESTED_RUNTIME) ? NESTED_RUNTIME : RUNTIME,
    },
  });
}
