import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../tensor/input-error.ts";
import type { Progress } from "../../tensor/progress.ts";
import { createFakeClient } from "../testing/fake-client.ts";
import type { FakeClient } from "../testing/fake-client.ts";

let fake: FakeClient;
afterEach(() => fake.close());

const request = { recipe: "repq-vit", weightBits: 4, activationBits: 4, levels: "strict", baseline: "min-max" } as const;

describe("lab client over a message channel", () => {
  it("brings results and progress across", async () => {
    fake = createFakeClient();
    const seen: Progress[] = [];
    const { model, images } = await fake.client.openSample({ onProgress: (progress) => seen.push(progress) });
    expect(model.card.config.depth).toBe(8);
    expect(images.evaluation.length).toBe(32);
    // Progress has its own port, closed when the call ends: only the very last report may be late.
    expect(seen.map((progress) => progress.done).slice(0, 12)).toEqual([...Array(12).keys()]);
    const result = await fake.client.compare(request, {});
    expect(result.main.floatLogits.length).toBe(32 * 12);
    expect(result.baseline?.request.recipe).toBe("min-max");
  });

  it("brings levels across, and the code of their refusal", async () => {
    fake = createFakeClient();
    await fake.client.openSample({});
    const { id, main } = await fake.client.compare(request, {});
    const site = main.sites.find(({ title }) => title === "attention probabilities");
    const levels = await fake.client.levels({ comparison: id, side: "main", site: site?.id ?? "", entry: 0 }, {});
    expect(levels.codebook?.decode).toBeInstanceOf(Float32Array);
    expect(levels.codebook?.decode.length).toBe(16);
    expect(levels.histogram.counts.reduce((a, b) => a + b, 0)).toBe(4000);
    const refused = fake.client.levels({ comparison: id, side: "main", site: "nowhere", entry: 0 }, {});
    await expect(refused).rejects.toMatchObject({ code: "LEVELS_GONE" });
  });

  it("brings an InputError across with all its parts", async () => {
    fake = createFakeClient();
    const error: unknown = await fake.client
      .openModel([{ path: "resnet50.safetensors", blob: new Blob([]) }], {}, {})
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({
      code: "NOT_A_VIT",
      what: "resnet50.safetensors is not a Vision Transformer.",
      next: expect.stringContaining("DeiT"),
    });
  });

  it("keeps the message of a bug", async () => {
    fake = createFakeClient({}, (lab) => ({ ...lab, recipes: () => Promise.reject(new Error("internal: no arena slot")) }));
    await expect(fake.client.recipes()).rejects.toThrow("internal: no arena slot");
  });

  it("cancels: the page goes on at once, and the worker hears of it", async () => {
    const cancelled: string[] = [];
    fake = createFakeClient({ stepMs: 5 }, (lab) => ({
      ...lab,
      cancel: (jobId) => {
        cancelled.push(jobId);
        return lab.cancel(jobId);
      },
    }));
    const controller = new AbortController();
    const late: Progress[] = [];
    const job = fake.client.openSample({
      signal: controller.signal,
      onProgress: (progress) => {
        if (controller.signal.aborted) late.push(progress);
        else if (progress.done === 2) controller.abort();
      },
    });
    await expect(job).rejects.toMatchObject({ name: "AbortError" });
    await fake.client.recipes(); // the cancel message has arrived once a later call is answered
    expect(cancelled).toEqual(["job-1"]);
    expect(late).toEqual([]);
  });

  it("does not start a job that is already cancelled", async () => {
    let calls = 0;
    fake = createFakeClient({}, (lab) => ({ ...lab, selfTest: () => Promise.reject(new Error(`called ${++calls}`)) }));
    await expect(fake.client.selfTest({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(calls).toBe(0);
  });

  it("fails open and later calls when the worker dies", async () => {
    fake = createFakeClient({ stepMs: 1000 });
    const open = fake.client.openSample({});
    const parts = { what: "The engine's worker stopped.", why: "Out of memory.", next: "Reload." };
    fake.crash(new InputError("WORKER_STOPPED", parts));
    await expect(open).rejects.toMatchObject({ code: "WORKER_STOPPED" });
    await expect(fake.client.selfTest({})).rejects.toMatchObject({ code: "WORKER_STOPPED" });
  });
});
