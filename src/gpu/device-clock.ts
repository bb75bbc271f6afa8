/** Seconds that a compute pass takes, by the device's own clock where it has one. */
export interface DeviceClock {
  /** "timestamps": the device's own clock. "wall": submit to completion, seen from here, so that the cost of a submit is in it. */
  readonly kind: "timestamps" | "wall";
  /** `record` writes the pass, which is all of a submit. Browsers round timestamps to 100 microseconds: let it take many of these. */
  seconds(record: (pass: GPUComputePassEncoder) => void): Promise<number>;
  destroy(): void;
}

export function createDeviceClock(device: GPUDevice): DeviceClock {
  const wall = wallClock(device);
  return device.features.has("timestamp-query") ? timestampClock(device, wall) : wall;
}

function wallClock(device: GPUDevice): DeviceClock {
  return {
    kind: "wall",
    async seconds(record) {
      const startMs = performance.now();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      record(pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - startMs) / 1e3;
    },
    destroy() {},
  };
}

function timestampClock(device: GPUDevice, wall: DeviceClock): DeviceClock {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ label: "timestamps", size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ label: "timestamps", size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  return {
    kind: "timestamps",
    async seconds(record) {
      const encoder = device.createCommandEncoder();
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      record(pass);
      pass.end();
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const [start, end] = new BigUint64Array(staging.getMappedRange());
      staging.unmap();
      // A device that falls asleep may start its count anew: then the pass is run again, by the other clock.
      return end < start ? await wall.seconds(record) : Number(end - start) / 1e9;
    },
    destroy() {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}
