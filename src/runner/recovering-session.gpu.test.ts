import { expect, test } from "vitest";
import { openGpu, type Gpu } from "../gpu/device.ts";
import { nodeInstance } from "../testing/node-gpu.ts";
import { randomPixels, randomVit, type RandomVitOptions } from "../testing/random-vit.ts";
import { createRecoveringSession } from "./recovering-session.ts";
import { createGpuSession } from "./session.ts";

const options: RandomVitOptions = { image: 16, patch: 4, dim: 24, depth: 1, heads: 3, mlp: 40, classes: 10, seed: 1 };
const float = { mode: "float", execution: "f32" } as const;

test("a device lost in the middle of a run is replaced, the model uploaded again and the result right", async () => {
  const graph = randomVit(options);
  const pixels = randomPixels(2, options.image, 5);
  const first = await openGpu(nodeInstance());
  const opened: Gpu[] = [];
  const reopen = async () => {
    const gpu = await openGpu(nodeInstance());
    opened.push(gpu);
    return gpu;
  };
  const session = createRecoveringSession(first, reopen, graph, float);
  const expected = (await session.run(pixels)).logits.data;
  const interrupted = session.run(pixels);
  first.device.destroy();
  expect((await interrupted).logits.data).toEqual(expected);
  expect(opened).toHaveLength(1);
  expect((await session.run(pixels)).logits.data).toEqual(expected);
  expect(opened).toHaveLength(1);

  // A second session on a device of its own neither notices nor disturbs.
  const other = createGpuSession(await reopen(), graph, float);
  const [a, b] = await Promise.all([session.run(pixels), other.run(pixels)]);
  expect(a.logits.data).toEqual(expected);
  expect(b.logits.data).toEqual(expected);
  other.destroy();
  session.destroy();
  for (const { device } of opened) device.destroy();
});

test("a fault that is no loss stays one", async () => {
  const gpu = await openGpu(nodeInstance());
  const reopen = () => Promise.reject(new Error("must not be asked for"));
  const session = createRecoveringSession(gpu, reopen, randomVit(options), float);
  const abort = new AbortController();
  abort.abort();
  await expect(session.run(randomPixels(1, options.image, 5), [], { signal: abort.signal })).rejects.toMatchObject({ name: "AbortError" });
  session.destroy();
  gpu.device.destroy();
});
