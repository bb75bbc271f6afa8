import type { Gpu } from "../gpu/device.ts";
import { nodeAdapter, nodeDevice, nodeInstance } from "./node-gpu.ts";

/** The tests' shared device as the engine takes it. */
export async function nodeGpu(): Promise<Gpu> {
  const device = await nodeDevice();
  const { vendor, architecture, device: deviceName, description } = (await nodeAdapter()).info;
  return {
    device,
    languageFeatures: new Set(nodeInstance().wgslLanguageFeatures),
    vendor,
    architecture,
    deviceName,
    description,
    isSoftware: /swiftshader|llvmpipe/i.test(`${vendor} ${architecture} ${description}`),
  };
}
