/** What this engine sets out to keep on a software adapter, DeiT-Tiny, batch 1; `--check` makes them the exit code. */
import { askedOf } from "./asked.ts";
import type { SpeedReport, SpeedRow, SpeedRun } from "./schema.ts";

export interface Goal {
  readonly name: string;
  /** Null where it could not be measured. */
  readonly measured: number | null;
  readonly limit: number;
  /** What was not measured is not kept. */
  readonly isKept: boolean;
  /** Why it could not be measured. */
  readonly reason: string | null;
}

interface Aim {
  readonly name: string;
  readonly contender: string;
  /** The contender whose cost is the unit; absent where CPU seconds are. */
  readonly beside?: string;
  readonly cost: (row: SpeedRow) => number | undefined | null;
  readonly limit: number;
  /** The measure must be at least the limit, not at most. */
  readonly isLeast?: true;
}

const MODEL = "deit-tiny";
const INTEGER_TO_FLOAT = 1.2;
const COLD_TO_PEER = 0.25;

const warmCpu: Aim["cost"] = ({ warm }) => warm?.cpuSeconds?.gpuProcess;
const coldCpu: Aim["cost"] = ({ cold }) => cold?.cpuSeconds?.total;

function coldAim(name: string, contender: string, beside: string): Aim {
  return { name: `cold start, ${name}, CPU-seconds`, contender, beside, cost: coldCpu, limit: COLD_TO_PEER };
}

const AIMS: readonly Aim[] = [
  { name: "ours float, CPU-seconds of the GPU process per warm forward", contender: "ours-float", cost: warmCpu, limit: 1.2 },
  { name: "W8A8 / float", contender: "ours-w8a8", beside: "ours-float", cost: warmCpu, limit: INTEGER_TO_FLOAT },
  { name: "W4A4 / float", contender: "ours-w4a4", beside: "ours-float", cost: warmCpu, limit: INTEGER_TO_FLOAT },
  {
    name: "onnxruntime-web webgpu float / ours float, at least",
    contender: "ort-web-webgpu-float",
    beside: "ours-float",
    cost: warmCpu,
    limit: 10,
    isLeast: true,
  },
  coldAim("ours float / onnxruntime-web webgpu float", "ours-float", "ort-web-webgpu-float"),
  coldAim("ours W8A8 / onnxruntime-web webgpu static int8", "ours-w8a8", "ort-web-webgpu-int8"),
  coldAim("ours W4A4 / onnxruntime-web webgpu 4-bit blocks", "ours-w4a4", "ort-web-webgpu-int4"),
];

/** Whoever wants all goals measured asks for these. */
export const GOAL_CONTENDERS: readonly string[] = [...new Set(AIMS.flatMap(({ contender, beside }) => [contender, beside ?? contender]))];

/** Every goal, once for each run that was asked for the model in a browser on a software adapter: elsewhere they have no meaning. */
export function goalsOf(report: SpeedReport): Goal[] {
  const isMeant = (run: SpeedRun) => run.place === "browser" && run.adapter?.isSoftware === true && askedOf(run).models.includes(MODEL);
  return report.runs.filter(isMeant).flatMap((run) => AIMS.map((aim) => goalOf(run, aim)));
}

function goalOf(run: SpeedRun, { name, contender, beside, cost, limit, isLeast }: Aim): Goal {
  const [own, unit] = [costOf(run, contender, cost), beside === undefined ? 1 : costOf(run, beside, cost)];
  if (typeof own === "string" || typeof unit === "string") {
    const reasons = [own, unit].filter((each) => typeof each === "string");
    return { name, measured: null, limit, isKept: false, reason: reasons.join("; ") };
  }
  const measured = own / unit;
  return { name, measured, limit, isKept: isLeast ? measured >= limit : measured <= limit, reason: null };
}

/** The cost, or why there is none. */
function costOf(run: SpeedRun, contender: string, cost: Aim["cost"]): number | string {
  const row = run.rows.find((each) => each.model === MODEL && each.contender === contender);
  if (row === undefined) {
    const isAsked = askedOf(run).contenders.includes(contender);
    return isAsked ? `${contender} was asked for and has no row` : `${contender} was not asked for`;
  }
  const seconds = cost(row);
  if (seconds !== undefined && seconds !== null && seconds > 0) return seconds;
  return row.status === "left out" ? `${contender} was left out: ${row.reason ?? "no reason given"}` : `${contender} has no CPU seconds`;
}
