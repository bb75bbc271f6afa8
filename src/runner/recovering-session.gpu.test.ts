import { expect, test } from "vitest";
import { currentGpu } from "../gpu/current-gpu.ts";
import { openGpu, type Gpu } from "../gpu/device.ts";
import { expectCode } from "../testing/expect-code.ts";
import { nodeInstance } from "../testing/node-gpu.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { seededNormal } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { openEngine } from "./engine.ts";
import { createRecoveringSession } from "./recovering-session.ts";

const options: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 1, heads: 3, mlp: 40, classes: 10, seed: 1 };
const graph = randomVit(options);
const float = { mode: "float", execution: "f32" } as const;

/** Devices opened one after the other as they are lost; `loseAfter`: the one in use is destroyed right after so many more submits. */
function losable() {
  const opened: Gpu[] = [];
  let submitsLeft = Infinity;
  const open = async () => {
    const gpu = await openGpu(nodeInstance());
    const submit = gpu.device.queue.submit.bind(gpu.device.queue);
    gpu.device.queue.submit = (buffers) => {
      submit(buffers);
      if (--submitsLeft === 0) gpu.device.destroy();
    };
    opened.push(gpu);
    return gpu;
  };
  return {
    opened,
    gpuOf: currentGpu(open),
    loseAfter: (submits: number) => void (submitsLeft = submits),
    close: () => opened.forEach(({ device }) => device.destroy()),
  };
}

test("a device lost in the middle of a run is replaced, the models uploaded again and the results right", async () => {
  const { opened, gpuOf, loseAfter, close } = losable();
  const pixels = randomPixels(2, options.image, 5);
  const engine = await openEngine(gpuOf, "integer");
  const sessions = await Promise.all([0, 1].map(async () => (await engine.open(graph, true)).session));
  const runAll = async () => (await Promise.all(sessions.map((session) => session.run(pixels)))).map(({ logits }) => logits.data);
  const [expected] = await runAll();
  expect(engine.deviceLosses()).toBe(0);
  loseAfter(1);
  // Both are interrupted; one new device serves both.
  expect(await runAll()).toEqual([expected, expected]);
  expect([opened.length, engine.deviceLosses()]).toEqual([2, 2]);
  expect(await runAll()).toEqual([expected, expected]);
  expect(opened).toHaveLength(2);

  // Calibration runs nodes by themselves.
  const norm = graph.nodes.find(({ op }) => op === "LayerNormalization");
  if (norm === undefined) throw new Error("the model has no LayerNormalization");
  const x = tensor([3, 17, options.dim], Float32Array.from({ length: 3 * 17 * options.dim }, seededNormal(8)));
  const whole = await engine.runNode(norm, [x]);
  loseAfter(1);
  expect(await engine.runNode(norm, [x])).toEqual(whole);
  expect([opened.length, engine.deviceLosses()]).toEqual([3, 3]);
  for (const session of sessions) session.destroy();
  close();
});

test("what is no loss stays what it is; a device that is lost for good says so", async () => {
  const { opened, gpuOf, close } = losable();
  const session = createRecoveringSession(gpuOf, graph, float);
  const pixels = randomPixels(1, options.image, 5);
  const cancelled = session.run(pixels, [], { signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  expect(opened).toHaveLength(1);
  session.destroy();
  const gpu = await gpuOf();
  gpu.device.destroy();
  const stuck = createRecoveringSession(() => Promise.resolve(gpu), graph, float);
  await expectCode("DEVICE_LOST", () => stuck.run(pixels));
  stuck.destroy();
  close();
});
