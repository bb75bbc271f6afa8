import { afterEach, expect, test, vi } from "vitest";
import type { LoadResult, Outcome, ProfileResult, RunResult, TuneResult } from "./bench-session.ts";
import { contenderNamed } from "./contender-list.ts";
import type { Driver } from "./driver.ts";
import type { KernelTimes } from "./report/schema.ts";
import { runModel, type RunModelOptions } from "./run-model.ts";

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
  readonly isHiddenLoading?: boolean;
  readonly refusesToTune?: string;
  readonly refusesToProfile?: string;
  readonly kernelTimes?: KernelTimes;
  /** Never answers: neither then nor, afterwards, when it is closed. */
  readonly hangs?: "loading" | "tuning" | "forward 2" | "batch 4";
  readonly logits?: readonly number[];
}

const never = <T>() => new Promise<T>(() => {});

/** A driver whose clocks advance by 1 CPU-second per image on the GPU process and half of it in the renderer. */
function fakeDriver(fakes: Readonly<Record<string, Fake>>) {
  const log: string[] = [];
  const clock = { gpuProcess: 5, renderer: 3, total: 8 };
  const driver: Driver = {
    open({ id }) {
      const fake = fakes[id];
      if (fake.refusesToOpen !== undefined) return Promise.reject(new Error(fake.refusesToOpen));
      let forwards = 0;
      let isHanging = false;
      const hang = <T>() => {
        isHanging = true;
        return never<T>();
      };
      const logitsOf = (images: number) => Array.from({ length: images * CLASSES }, (_, i) => (fake.logits ?? [1, 2])[i % CLASSES]);
      return Promise.resolve({
        load(): Promise<Outcome<LoadResult>> {
          log.push(`load ${id}`);
          if (fake.hangs === "loading") return hang();
          if (fake.refusesToLoad !== undefined) return Promise.resolve({ ok: false, reason: fake.refusesToLoad });
          const phases = [{ name: "first run", elapsedMs: fake.firstMs ?? 1000 }];
          const isHidden = fake.isHiddenLoading ?? false;
          return Promise.resolve({ ok: true, value: { phases, elapsedMs: 5000, logits: logitsOf(1), facts: { threads: 1 }, isHidden } });
        },
        tune(batches): Promise<Outcome<TuneResult>> {
          log.push(`tune ${id} for ${batches.join()}`);
          if (fake.hangs === "tuning") return hang();
          if (fake.refusesToTune !== undefined) return Promise.resolve({ ok: false, reason: fake.refusesToTune });
          return Promise.resolve({ ok: true, value: { facts: { threads: 1, tunedShapes: 5 }, isHidden: false } });
        },
        run(images): Promise<Outcome<RunResult>> {
          log.push(images === 1 ? id : `${id} x${images}`);
          forwards++;
          clock.gpuProcess += images;
          clock.renderer += images / 2;
          clock.total += 1.5 * images;
          if (fake.hangs === `forward ${forwards}` || fake.hangs === `batch ${images}`) return hang();
          if (images >= (fake.failsFrom ?? Infinity)) return Promise.resolve({ ok: false, reason: "too large" });
          if (forwards === fake.failsAtForward) return Promise.resolve({ ok: false, reason: "device lost" });
          const elapsedMs = (fake.timeMs?.(forwards) ?? 10) * images;
          const bytes = { liveBytes: 100, peakBytes: 200 };
          return Promise.resolve({
            ok: true,
            value: { elapsedMs, logits: logitsOf(images), calls, bytes, isHidden: fake.isHidden ?? false },
          });
        },
        profile(): Promise<Outcome<ProfileResult>> {
          log.push(`profile ${id}`);
          if (fake.refusesToProfile !== undefined) return Promise.resolve({ ok: false, reason: fake.refusesToProfile });
          return Promise.resolve({ ok: true, value: { kernelTimes: fake.kernelTimes ?? null, isHidden: false } });
        },
        cpu: () => Promise.resolve({ ...clock }),
        close() {
          log.push(`close ${id}`);
          return isHanging ? never() : Promise.resolve();
        },
      });
    },
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

afterEach(() => void vi.useRealTimers());

const [A, B] = ["ours-float", "ort-web-wasm-float"];

test("contenders are loaded one after the other and then take turns", async () => {
  const { log } = await measure({ [A]: {}, [B]: {} }, { runs: 2 });
  // A first run of a second is long beside the limit of ten: nobody needs to be warmed up.
  const loads = [`load ${A}`, `tune ${A} for 1`, `load ${B}`, `tune ${B} for 1`];
  const ends = [`profile ${A}`, `close ${A}`, `close ${B}`];
  expect(log).toEqual([...loads, A, B, A, B, ...ends]);
  const quick = await measure({ [A]: { firstMs: 5 }, [B]: {} }, { runs: 1 });
  expect(quick.log).toEqual([...loads, A, A, B, ...ends]);
});

test("after its cold start a contender is tuned for what it will run, and its row tells of that", async () => {
  const { rows, log } = await measure({ [A]: { firstMs: 5 }, [B]: { refusesToTune: "device lost" } }, { runs: 1, batches: [8, 1, 4] });
  expect(log.slice(0, 3)).toEqual([`load ${A}`, `tune ${A} for 1,8,4`, `load ${B}`]);
  expect(rows[0].facts).toEqual({ threads: 1, tunedShapes: 5 });
  expect(rows[0].cold?.cpuSeconds?.total).toBe(0);
  expect(rows[1]).toMatchObject({ status: "left out", reason: "device lost", warm: null, cold: { elapsedMs: 5000 } });
  expect(log).not.toContain(B);
});

test("times of kernels stand in the row of who can tell them; who fails to keeps everything else", async () => {
  const kernelTimes: KernelTimes = {
    clock: "timestamps",
    roofline: { fmaPerSecond: 1, packedDotPerSecond: null, exp2PerSecond: 1, readBytesPerSecond: 1, dispatchSeconds: 0 },
    kernels: [{ kernel: "gemm-f32", shape: "5x8x24", dispatches: 2, elapsedMs: 3, floorMs: 1, floorBound: "arithmetic" }],
  };
  const told = await measure({ [A]: { kernelTimes }, [B]: {} });
  expect(told.rows.map((row) => row.kernelTimes)).toEqual([kernelTimes, undefined]);
  const failed = await measure({ [A]: { refusesToProfile: "out of memory" }, [B]: {} });
  expect(failed.rows[0]).toMatchObject({ status: "measured", reason: null, notes: ["no times of its kernels: out of memory"] });
  // Eight forwards of two seconds would pass the limit of ten.
  const slow = await measure({ [A]: { timeMs: () => 2000 } });
  expect(slow.rows[0]).toMatchObject({ notes: ["no times of its kernels: they would take about 16 s; the limit is 10 s"] });
  expect(slow.log).not.toContain(`profile ${A}`);
});

test.each([
  { by: 1.4, notes: [] },
  { by: 1.6, notes: ["times scatter by 16 %"] },
])("times that scatter by more than 15 % are said: 10 +- $by", async ({ by, notes }) => {
  // No run to warm up: the first forward is the first that is measured.
  const { rows } = await measure({ [A]: { timeMs: (forward) => 10 + by * (forward - 2) } });
  expect(rows[0].notes).toEqual(notes);
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
    "ours-f16": { refusesToLoad: "this adapter computes f16 wrong" },
    [A]: { failsAtForward: 2 },
    [B]: {},
  });
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ["left out", "onnxruntime-web is not installed"],
    ["left out", "this adapter computes f16 wrong"],
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

test("a tab that was hidden while a contender loaded is said as well", async () => {
  const { rows } = await measure({ [A]: { isHiddenLoading: true }, [B]: {} });
  expect(rows.map(({ notes }) => notes)).toEqual([["the tab was hidden, which browsers slow down"], []]);
});

test.each([
  ["loading", "left out", 0, "loading"],
  ["tuning", "left out", 0, "tuning"],
  ["forward 2", "measured", 1, "a forward of one image"],
] as const)("a contender that never answers (%s) is closed and given up, and the others run on", async (hangs, status, forwards, what) => {
  vi.useFakeTimers();
  const measuring = measure({ [A]: { hangs }, [B]: {} });
  // Ten times the limit of ten seconds would be less than the least of five minutes; closing has its own half minute.
  await vi.advanceTimersByTimeAsync(299_000);
  expect(await Promise.race([measuring, Promise.resolve("measuring")])).toBe("measuring");
  await vi.advanceTimersByTimeAsync(31_000);
  const { rows, log } = await measuring;
  expect(rows[0]).toMatchObject({ status, reason: `given up: ${what} gave no answer within 300 s (a longer --time-limit waits longer)` });
  expect(rows[0].warm?.timesMs.length ?? 0).toBe(forwards);
  expect(rows[1]).toMatchObject({ status: "measured", reason: null, warm: { timesMs: [10, 10, 10] } });
  expect(log.filter((each) => each === `close ${A}`)).toHaveLength(1);
  expect(log.indexOf(`close ${A}`)).toBeLessThan(log.lastIndexOf(B));
});

test("a batch that never ends is given up after ten times the limit: later batches say why, and what was measured stays", async () => {
  vi.useFakeTimers();
  const measuring = measure({ [A]: { hangs: "batch 4" }, [B]: {} }, { batches: [1, 4, 8], timeLimitMs: 60_000 });
  await vi.advanceTimersByTimeAsync(599_000);
  expect(await Promise.race([measuring, Promise.resolve("measuring")])).toBe("measuring");
  await vi.advanceTimersByTimeAsync(31_000);
  const { rows, log } = await measuring;
  const reason = "given up: a forward of 4 images gave no answer within 600 s (a longer --time-limit waits longer)";
  expect(rows[0].throughput.map((each) => each.reason)).toEqual([null, reason, reason]);
  expect(rows[0].warm?.timesMs).toHaveLength(3);
  expect(rows[1].throughput.map((each) => each.reason)).toEqual([null, null, null]);
  expect(log.filter((each) => each.startsWith(`${A} x`))).toEqual([`${A} x4`]);
});
