/** The report as tables of text: Markdown and the page are two ways to write them down. */
import { goalsOf } from "./goals.ts";
import type { KernelTimes, SpeedReport, SpeedRow, SpeedRun } from "./schema.ts";

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly tables: readonly { readonly title: string; readonly table: Table }[];
}

/** What all costs are set against. */
const ANCHOR = "ours-float";
const NONE = "–";

export function sectionsOf(report: SpeedReport): Section[] {
  const sections = report.runs.flatMap((run) => run.models.map((model) => sectionOf(run, model)));
  const goals = goalsOf(report);
  if (goals.length === 0) return sections;
  const rows = goals.map(({ name, measured, limit, isKept, reason }) => {
    const verdict = reason !== null ? `not measured: ${reason}` : isKept ? "kept" : "BROKEN";
    return [name, fixed(measured, 2), String(limit), verdict];
  });
  const table = { header: ["goal (DeiT-Tiny, software adapter)", "measured", "limit", ""], rows };
  return [...sections, { title: "Goals", lines: [], tables: [{ title: "", table }] }];
}

function sectionOf(run: SpeedRun, model: SpeedRun["models"][number]): Section {
  const rows = run.rows.filter((row) => row.model === model.key);
  const measured = rows.filter(({ status }) => status === "measured");
  const tables = [
    { title: "Warm forward of one image", table: warmTable(run, measured) },
    { title: "Cold start: from the first byte of code to the first logits", table: coldTable(measured) },
    { title: "Kernels of ours, measured on this adapter between the cold start and the warm forwards", table: tuningTable(measured) },
    { title: "Batches", table: batchTable(run, measured) },
    { title: "Kernels of ours: share of the adapter's measured floor, one image", table: floorTable(run, measured) },
    { title: "WebGPU calls of a warm forward, and buffers", table: callsTable(measured) },
    { title: "Left out, or ended early", table: leftOutTable(rows) },
  ];
  return {
    title: `${model.key}, ${run.place}`,
    lines: environmentOf(run, model),
    tables: tables.filter(({ table }) => table.rows.length > 0),
  };
}

function environmentOf(run: SpeedRun, model: SpeedRun["models"][number]): string[] {
  const { adapter } = run;
  const software = adapter?.isSoftware === true ? " (software: no ranking by milliseconds, CPU seconds and their ratios count)" : "";
  const name =
    adapter === null
      ? "none"
      : [adapter.vendor, adapter.architecture, adapter.device, adapter.description, adapter.driver].filter(Boolean).join(" ");
  const packages = Object.entries(run.packages).map(([key, version]) => `${key} ${version}`);
  const load = run.loadAverage === null ? "" : `, load ${run.loadAverage.toFixed(1)} at the start`;
  return [
    `model: ${model.key}, [${model.inputShape.join(",")}], ${(model.parameters / 1e6).toFixed(1)} million parameters, ${model.weights}; reference: ${model.reference.by}`,
    `adapter: ${name}${software}`,
    `runtime: ${run.runtime}${run.place === "browser" ? (run.headless ? ", headless" : ", headed") : ""}; ${run.system}; ${run.processor}, ${run.cores} cores${load}`,
    `packages: ${packages.join(", ") || "none"}; commit ${run.commit}; ${run.startedAt}`,
    `asked for: ${run.options.runs} warm forwards in turn, batches ${run.options.batches.join(", ")}, at most ${run.options.timeLimitSeconds} s each; our integers: recipe ${run.options.recipe}`,
  ];
}

function warmTable(run: SpeedRun, rows: readonly SpeedRow[]): Table {
  const isSoftware = run.adapter?.isSoftware === true;
  const anchor = rows.find(({ contender }) => contender === ANCHOR);
  const hasProcesses = run.place === "browser";
  const header = [
    "contender",
    "precision",
    ...(isSoftware ? [] : ["median ms", "spread"]),
    ...(hasProcesses ? ["CPU-s GPU process", "CPU-s renderer"] : []),
    "CPU-s all",
    `times ${ANCHOR}`,
    "cosine",
    "relative error",
    "forwards",
    "remarks",
  ];
  const body = rows.map((row) => {
    const { warm, agreement } = row;
    const cpu = warm?.cpuSeconds ?? null;
    return [
      row.contender,
      row.precision,
      ...(isSoftware ? [] : [fixed(warm?.medianMs, 2), percent(warm?.spread)]),
      ...(hasProcesses ? [fixed(cpu?.gpuProcess, 2), fixed(cpu?.renderer, 2)] : []),
      fixed(cpu?.total, 2),
      timesAnchor(row, anchor, isSoftware),
      agreement === null ? NONE : agreement.cosine.toFixed(4),
      agreement?.relativeError === null ? "not finite" : (agreement?.relativeError.toExponential(1) ?? NONE),
      String(warm?.timesMs.length ?? 0),
      remarksOf(row),
    ];
  });
  return { header, rows: body };
}

/** By CPU seconds on a software adapter, by time elsewhere. */
function timesAnchor(row: SpeedRow, anchor: SpeedRow | undefined, isSoftware: boolean): string {
  const cost = ({ warm }: SpeedRow) => (isSoftware ? warm?.cpuSeconds?.total : warm?.medianMs) ?? Number.NaN;
  const times = anchor === undefined ? Number.NaN : cost(row) / cost(anchor);
  return Number.isFinite(times) ? times.toFixed(2) : NONE;
}

/** What is true of the whole run stands above the table. */
function remarksOf({ notes, warm }: SpeedRow): string {
  const own = notes.filter((note) => !note.startsWith("software adapter"));
  return [...own, ...(warm?.stoppedBy ? [warm.stoppedBy] : [])].join("; ");
}

function coldTable(rows: readonly SpeedRow[]): Table {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const body = rows.flatMap(({ contender, cold, facts: { uploadedAfterMs, compiledAfterMs } }) => {
    if (cold === null) return [];
    // Ours does both side by side.
    const parts =
      uploadedAfterMs === undefined ? "" : ` (weights ${seconds(Number(uploadedAfterMs))}, kernels ${seconds(Number(compiledAfterMs))})`;
    const phases = cold.phases.map(({ name, elapsedMs }) => `${name} ${seconds(elapsedMs)}${name === "upload and compile" ? parts : ""}`);
    return [[contender, seconds(cold.elapsedMs), fixed(cold.cpuSeconds?.total, 2), phases.join(", ")]];
  });
  return { header: ["contender", "s", "CPU-s all", "s by phase"], rows: body };
}

/** Empty on software adapters, where nothing is tuned. */
function tuningTable(rows: readonly SpeedRow[]): Table {
  const seconds = (milliseconds: string | number | undefined) => fixed(milliseconds === undefined ? null : Number(milliseconds) / 1000, 2);
  const body = rows.flatMap(({ contender, facts: { tuningMs, reopeningMs, tunedShapes, tuningEnd, tunedRungs } }) =>
    tuningMs === undefined
      ? []
      : [[contender, seconds(tuningMs), seconds(reopeningMs), ...[tunedShapes, tuningEnd, tunedRungs].map(String)]],
  );
  return { header: ["contender", "tuning s", "reopening s", "shapes", "ended because", "shapes by kernel"], rows: body };
}

/** How near each kernel comes to the least time that the adapter's roofline allows, and all of them together. */
function floorTable({ adapter }: SpeedRun, rows: readonly SpeedRow[]): Table {
  const isSoftware = adapter?.isSoftware === true;
  const sum = (kernels: readonly KernelTimes["kernels"][number][], pick: "elapsedMs" | "floorMs") =>
    kernels.reduce((total, each) => total + each.dispatches * each[pick], 0);
  const body = rows.flatMap(({ contender, kernelTimes }) => {
    if (kernelTimes === undefined) return [];
    const { kernels, clock } = kernelTimes;
    const all = sum(kernels, "elapsedMs");
    const line = (name: string, shape: string, some: typeof kernels, bound: string) => {
      const [elapsed, floor] = [sum(some, "elapsedMs"), sum(some, "floorMs")];
      const dispatches = some.reduce((total, each) => total + each.dispatches, 0);
      const times = isSoftware ? [] : [fixed(elapsed / dispatches, 3), fixed(floor / dispatches, 3)];
      return [contender, name, shape, String(dispatches), percent(elapsed / all), ...times, percent(floor / elapsed), bound];
    };
    return [
      ...kernels.map((each) => line(each.kernel, each.shape, [each], each.floorBound)),
      line("all", "", kernels, clock === "wall" ? "wall clock: each with a submit in it" : ""),
    ];
  });
  const times = isSoftware ? [] : ["ms each", "floor ms"];
  return { header: ["contender", "kernel", "shape", "dispatches", "of the time", ...times, "of the floor", "bound by"], rows: body };
}

function batchTable({ options, adapter }: SpeedRun, rows: readonly SpeedRow[]): Table {
  const isSoftware = adapter?.isSoftware === true;
  const unit = isSoftware ? "CPU-s an image" : "images/s";
  const body = rows.map(({ contender, throughput }) => [
    contender,
    ...options.batches.map((batch) => {
      const found = throughput.find((each) => each.batch === batch);
      if (found?.imagesPerSecond === null) return `left out: ${found.reason ?? ""}`;
      return isSoftware ? fixed(found?.cpuSecondsPerImage, 2) : fixed(found?.imagesPerSecond, 1);
    }),
  ]);
  return { header: ["contender", ...options.batches.map((batch) => `${unit}, batch ${batch}`)], rows: body };
}

function callsTable(rows: readonly SpeedRow[]): Table {
  const body = rows.flatMap(({ contender, calls, memory }) => {
    if (calls === null) return [];
    const { dispatches, passes, submits, bindGroups, buffers, bufferWrites, maps, pipelines } = calls;
    const counts = [dispatches, passes, submits, bindGroups, pipelines, buffers, bufferWrites, maps].map(String);
    return [[contender, ...counts, mebibytes(memory?.liveBytes), mebibytes(memory?.peakBytes)]];
  });
  const names = ["dispatches", "passes", "submits", "bind groups", "pipelines", "buffers", "writes", "maps"];
  return { header: ["contender", ...names, "live MiB", "peak MiB"], rows: body };
}

function leftOutTable(rows: readonly SpeedRow[]): Table {
  const body = rows.filter(({ reason }) => reason !== null).map(({ contender, reason }) => [contender, reason ?? ""]);
  return { header: ["contender", "why"], rows: body };
}

function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? NONE : value.toFixed(digits);
}

function percent(value: number | undefined): string {
  return value === undefined ? NONE : `${(100 * value).toFixed(0)} %`;
}

function mebibytes(value: number | undefined): string {
  return value === undefined ? NONE : (value / 2 ** 20).toFixed(1);
}
