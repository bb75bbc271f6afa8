/** How near our kernels come to what the adapter can do: a profile of a warm forward of one image beside the adapter's roofline, measured just before. */
import type { Gpu } from "../../gpu/device.ts";
import { measureRoofline } from "../../gpu/roofline/measure-roofline.ts";
import type { Graph } from "../../graph/graph.ts";
import { kernelFloors } from "../../runner/profile/kernel-floors.ts";
import { profileModel } from "../../runner/profile/profile-model.ts";
import type { SessionOptions } from "../../runner/session.ts";
import type { KernelTimes } from "../report/schema.ts";

/** `options`: of the session that was measured, its kernels included. */
export async function profileKernels(gpu: Gpu, graph: Graph, options: SessionOptions): Promise<KernelTimes> {
  const roofline = await measureRoofline(gpu);
  const profile = await profileModel(gpu, graph, { ...options, images: 1, roofline });
  const { fmaPerSecond, packedDotPerSecond, exp2PerSecond, readBytesPerSecond, dispatchSeconds } = roofline;
  return {
    clock: profile.clock,
    roofline: { fmaPerSecond, packedDotPerSecond, exp2PerSecond, readBytesPerSecond, dispatchSeconds },
    kernels: kernelFloors(profile),
  };
}
