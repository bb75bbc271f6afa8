import { afterEach, expect, test } from "vitest";
import { callsBetween, installGpuMeter } from "./gpu-meter.ts";

/** WebGPU's objects as far as the meter touches them: what a browser has, with methods on prototypes. */
function fakeScope() {
  class GPUBuffer {
    readonly size: number;
    constructor(size: number) {
      this.size = size;
    }
    destroy(): void {}
    mapAsync(): Promise<void> {
      return Promise.resolve();
    }
  }
  class GPUDevice {
    createBuffer({ size }: { size: number }): GPUBuffer {
      return new GPUBuffer(size);
    }
    createBindGroup(): void {}
    createComputePipeline(): void {}
    createComputePipelineAsync(): void {}
    destroy(): void {}
  }
  class GPUQueue {
    submit(): void {}
    writeBuffer(): void {}
  }
  class GPUCommandEncoder {
    beginComputePass(): void {}
  }
  class GPUComputePassEncoder {
    dispatchWorkgroups(x: number): number {
      return x;
    }
    dispatchWorkgroupsIndirect(): void {}
  }
  return { GPUBuffer, GPUDevice, GPUQueue, GPUCommandEncoder, GPUComputePassEncoder };
}

let restore = (): void => undefined;
afterEach(() => restore());

function install() {
  const scope = fakeScope();
  const meter = installGpuMeter(scope as unknown as typeof globalThis);
  if (meter === null) throw new Error("no meter");
  restore = meter.restore;
  return { scope, meter };
}

test("calls are counted and do what they did", () => {
  const { scope, meter } = install();
  const before = { ...meter.calls };
  const pass = new scope.GPUComputePassEncoder();
  expect(pass.dispatchWorkgroups(7)).toBe(7);
  pass.dispatchWorkgroupsIndirect();
  new scope.GPUQueue().submit();
  new scope.GPUDevice().createBindGroup();
  const none = { pipelines: 0, buffers: 0, bufferWrites: 0, maps: 0, passes: 0 };
  expect(callsBetween(before, meter.calls)).toEqual({ dispatches: 2, submits: 1, bindGroups: 1, ...none });
  meter.restore();
  new scope.GPUQueue().submit();
  expect(meter.calls.submits).toBe(1);
});

test("bytes live until their buffer or its device is destroyed; the peak stays; devices are told apart", () => {
  const { scope, meter } = install();
  const [one, other] = [new scope.GPUDevice(), new scope.GPUDevice()];
  const small = one.createBuffer({ size: 100 });
  one.createBuffer({ size: 30 });
  expect(meter.devices()).toEqual(new Set([one]));
  other.createBuffer({ size: 1000 });
  small.destroy();
  small.destroy(); // twice is allowed, and counts once
  expect(meter.bytes(new Set([one]))).toEqual({ liveBytes: 30, peakBytes: 130 });
  expect(meter.bytes(meter.devices())).toEqual({ liveBytes: 1030, peakBytes: 1130 });
  one.destroy();
  expect(meter.bytes(new Set([one]))).toEqual({ liveBytes: 0, peakBytes: 0 });
  expect(meter.bytes(new Set([other])).liveBytes).toBe(1000);
});

test("without WebGPU there is no meter", () => {
  expect(installGpuMeter({} as typeof globalThis)).toBeNull();
});
