/** Writes docs/errors.md from the table of error codes: node tools/error-docs.mjs */
import { writeFileSync } from "node:fs";
import { createServer } from "vite";

const server = await createServer({
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  appType: "custom",
  logLevel: "error",
  configFile: false,
});
/** @type {typeof import("../src/testing/error-docs.ts")} */
const { errorDocs } = /** @type {any} */ (await server.ssrLoadModule("/src/testing/error-docs.ts"));
writeFileSync("docs/errors.md", errorDocs());
await server.close();
