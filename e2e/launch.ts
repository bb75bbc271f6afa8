/**
 * How a browser is started, in one place: behaviour tests, benchmarks and the headless lab's --browser all use these options.
 * VITRINE_ADAPTER=swiftshader asks for the software adapter where there is hardware too.
 */
import { findBrowser } from "../tools/find-browser.mjs";
import { hasHardwareDriver } from "../tools/gpu-env.mjs";

export interface BrowserLaunch {
  readonly executablePath: string;
  readonly args: string[];
}

export async function browserLaunch(): Promise<BrowserLaunch> {
  const executablePath = await findBrowser();
  if (executablePath === null) {
    throw new Error("no browser with WebGPU was found: install Chrome, Chromium or Edge, or name one in CHROME_PATH");
  }
  return { executablePath, args: [...QUIET, ...WEBGPU, ...adapterArgs(), ...sandboxArgs()] };
}

/** No traffic of the browser's own, no first-run pages. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
  "--metrics-recording-only",
  "--no-default-browser-check",
  "--no-first-run",
];

/** Shader compilation on a software adapter can outlast the GPU watchdog, which would end the GPU process. */
const WEBGPU = ["--enable-unsafe-webgpu", "--disable-gpu-watchdog"];

function adapterArgs(): string[] {
  const isSoftware = process.env["VITRINE_ADAPTER"] === "swiftshader" || !hasHardwareDriver();
  if (isSoftware) return ["--use-webgpu-adapter=swiftshader"];
  return process.platform === "linux" ? ["--enable-features=Vulkan"] : [];
}

/** Chromium refuses its sandbox to root, which is what a container's user often is. */
function sandboxArgs(): string[] {
  return process.getuid?.() === 0 ? ["--no-sandbox"] : [];
}
