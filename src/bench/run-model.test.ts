import { expect, test } from "vitest";
import type { LoadResult, Outcome, RunResult } from "./bench-session.ts";
import { contenderNamed } from "./contender-list.ts";
import { runModel, type Driver, type RunModelOptions } from "./run-model.ts";

const calls = { dispatches: 9, passes: 1, submits: 1, bindGroups: 0, pipelines: 0, buffers: 0, bufferWrites: 1, maps: 1 };
const CLASSES = 2;

interface Fake {
  /** Milliseconds of a forward of one image, by number of the forward. */
  readonly timeMs?: (forward: number) => number;
  readonly firstMs?: number;
  readonly refusesToOpen?: string;
  readonly refusesToLoad?: string;
  /** Images that are too many. */
  readonly failsFrom?: number;
  readonly failsAtForward?: number;
  readonly isHidden?: boolean;
  readonly logits?: readonly number[];
}

/** A driver whose clocks advance by 1 CPU-second per image on the GPU process and half of it in the renderer. */
function fakeDriver(fakes: Readonly<Record<string, Fake>>) {
  const log: string[] = [];
  const clock = { gpuProcess: 5, renderer: 3, total: 8 };
  const driver: Driver = {
    open({ id }) {
      const fake = fakes[id];
      if (fake.refusesToOpen !== undefined) return Promise.reject(new Error(fake.refusesToOpen));
      let forwards = 0;
      const logitsOf = (images: number) => Array.from({ length: images * CLASSES }, (_, i) => (fake.logits ?? [1, 2])[i % CLASSES]);
      return Promise.resolve({
        load(): Promise<Outcome<LoadResult>> {
          log.push(`load ${id}`);
          if (fake.refusesToLoad !== undefined) return Promise.resolve({ ok: false, reason: fake.refusesToLoad });
          const phases = [{ name: "first run", elapsedMs: fake.firstMs ?? 1000 }];
          return Promise.resolve({ ok: true, value: { phases, elapsedMs: 5000, logits: logitsOf(1), facts: { threads: 1 } } });
        },
        run(images): Promise<Outcome<RunResult>> {
          log.push(images === 1 ? id : `${id} x${images}`);
          forwards++;
          clock.gpuProcess += images;
          clock.renderer += images / 2;
          clock.total += 1.5 * images;
          if (images >= (fake.failsFrom ?? Infinity)) return Promise.resolve({ ok: false, reason: "too large" });
          if (forwards === fake.failsAtForward) return Promise.resolve({ ok: false, reason: "device lost" });
          const elapsedMs = (fake.timeMs?.(forwards) ?? 10) * images;
          const bytes = { liveBytes: 100, peakBytes: 200 };
          return Promise.resolve({
            ok: true,
            value: { elapsedMs, logits: logitsOf(images), calls, bytes, isHidden: fake.isHidden ?? false },
          });
        },
        close: () => Promise.resolve(void log.push(`close ${id}`)),
      });
    },
    cpu: () => Promise.resolve({ ...clock }),
  };
  return { driver, log };
}

const measure = (fakes: Readonly<Record<string, Fake>>, change: Partial<RunModelOptions> = {}) => {
  const { driver, log } = fakeDriver(fakes);
  const options: RunModelOptions = {
    model: "small",
    contenders: Object.keys(fakes).map((id) => contenderNamed(id)),
    runs: 3,
    batches: [1],
    timeLimitMs: 10_000,
    isSoftware: false,
    reference: { logits: Float32Array.of(1, 2, 1, 2, 1, 2, 1, 2), classes: CLASSES },
    ...change,
  };
  return runModel(driver, options).then((rows) => ({ rows, log }));
};

const [A, B] = ["ours-float", "ort-web-wasm-float"];

test("contenders are loaded one after the other and then take turns", async () => {
  const { log } = await measure({ [A]: {}, [B]: {} }, { runs: 2 });
  // A first run of a second is long beside the limit of ten: nobody needs to be warmed up.
  expect(log).toEqual([`load ${A}`, `load ${B}`, A, B, A, B, `close ${A}`, `close ${B}`]);
  const quick = await measure({ [A]: { firstMs: 5 }, [B]: {} }, { runs: 1 });
  expect(quick.log).toEqual([`load ${A}`, `load ${B}`, A, A, B, `close ${A}`, `close ${B}`]);
});

test("a drift from the first to the last quarter of the runs is said", async () => {
  const { rows } = await measure({ [A]: { timeMs: (forward) => (forward > 6 ? 120 : 100) }, [B]: {} }, { runs: 8 });
  expect(rows[0].notes).toContain("times drift by 20 % from the first to the last quarter of the runs");
  expect(rows[1].notes).toEqual([]);
});

test("median, spread and CPU seconds are those of the measured forwards", async () => {
  const { rows } = await measure({ [A]: { timeMs: (forward) => 10 * forward } });
  expect(rows[0].warm?.timesMs).toEqual([10, 20, 30]);
  expect(rows[0].warm?.medianMs).toBe(20);
  expect(rows[0].warm?.cpuSeconds).toEqual({ gpuProcess: 1, renderer: 0.5, total: 1.5 });
  expect(rows[0].notes).toEqual(["times scatter by 50 %"]);
  expect(rows[0]).toMatchObject({ status: "measured", reason: null, calls, memory: { liveBytes: 100 }, facts: { threads: 1 } });
  expect(rows[0].throughput).toEqual([{ batch: 1, imagesPerSecond: 50, timesMs: [10, 20, 30], cpuSecondsPerImage: 1.5, reason: null }]);
});

test("who is too slow gets two forwards, and batches that would take too long are left out with the reason", async () => {
  const { rows, log } = await measure({ [A]: { timeMs: () => 6000 }, [B]: {} }, { runs: 5, batches: [1, 8] });
  expect(log.filter((each) => each === A)).toHaveLength(2);
  expect(log.filter((each) => each === B)).toHaveLength(5);
  expect(rows[0].warm?.stoppedBy).toBe("2 of 5 forwards: the next would pass the limit of 10 s");
  expect(rows[0].throughput[1]).toMatchObject({ imagesPerSecond: null, reason: "two runs would take about 96 s; the limit is 10 s" });
  expect(rows[1].throughput[1]).toMatchObject({ batch: 8, imagesPerSecond: 100, cpuSecondsPerImage: 1.5, reason: null });
});

test("what cannot run is a row with its reason, and the others run on", async () => {
  const { rows, log } = await measure({
    "ort-web-webgpu-float": { refusesToOpen: "onnxruntime-web is not installed" },
    "ours-f16": { refusesToLoad: "the adapter has no shader-f16" },
    [A]: { failsAtForward: 2 },
    [B]: {},
  });
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ["left out", "onnxruntime-web is not installed"],
    ["left out", "the adapter has no shader-f16"],
    ["measured", "device lost"],
    ["measured", null],
  ]);
  expect(rows[2].warm?.timesMs).toHaveLength(1);
  expect(rows[3].warm?.timesMs).toHaveLength(3);
  expect(log.filter((each) => each.startsWith("close"))).toEqual(["close ours-f16", `close ${A}`, `close ${B}`]);
});

test("a batch that is too large ends that batch only", async () => {
  const { rows } = await measure({ [A]: { failsFrom: 32 } }, { batches: [1, 8, 32] });
  expect(rows[0].throughput.map(({ batch, reason }) => [batch, reason])).toEqual([
    [1, null],
    [8, null],
    [32, "too large"],
  ]);
  expect(rows[0].reason).toBeNull();
});

test("agreement is that of the largest batch the reference covers", async () => {
  const { rows } = await measure({ [A]: {}, [B]: { logits: [2, 1] } }, { batches: [1, 4, 8] });
  expect(rows[0].agreement).toEqual({ images: 4, cosine: expect.closeTo(1, 12), relativeError: 0, top1: 1 });
  expect(rows[1].agreement).toMatchObject({ images: 4, cosine: expect.closeTo(0.8, 12), top1: 0 });
});

test("logits that are no numbers give no agreement instead of a report that cannot be written", async () => {
  const { rows } = await measure({ [A]: { logits: [Number.NaN, 1] } });
  expect(rows[0].agreement).toMatchObject({ cosine: 0, relativeError: null });
});

test("a software adapter and a hidden tab are said", async () => {
  const { rows } = await measure({ [A]: { isHidden: true } }, { isSoftware: true });
  expect(rows[0].notes).toEqual([
    "the tab was hidden, which browsers slow down",
    "software adapter: compare CPU seconds, not milliseconds",
  ]);
});
