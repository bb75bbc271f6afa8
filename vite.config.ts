import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import { assemblyPlugin } from "./tools/assembly.mjs";
import { offlinePlugin } from "./tools/offline.mjs";

/** Cross-origin isolation gives fine timers. The policy is sent as a header too, because a worker does not inherit the page's meta tag. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Content-Security-Policy": "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
};

/** React's fast refresh puts an inline script into the page: allowed while developing, never in a build. */
const allowInlineScriptsInDevelopment: Plugin = {
  name: "vitrine:development-csp",
  apply: "serve",
  transformIndexHtml: (html) => html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
};

export default defineConfig({
  base: "./",
  plugins: [react(), assemblyPlugin(), allowInlineScriptsInDevelopment, offlinePlugin()],
  server: { headers },
  preview: { headers },
  worker: { format: "es", plugins: () => [assemblyPlugin()] },
  // light-dark() in the styles must stay as written: these browsers have it, and any browser with WebGPU is newer.
  build: { target: "es2022", cssTarget: ["chrome123", "edge123", "firefox121", "safari17.5"] },
});
