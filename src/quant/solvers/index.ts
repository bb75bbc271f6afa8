import { erq } from "./erq.ts";
import { gptaq } from "./gptaq.ts";
import { gptq } from "./gptq.ts";
import { nearest } from "./nearest.ts";
import type { WeightSolver } from "./solver.ts";

/** Every weight solver, by the name that recipes use. Adding one: its file, its test, one line here. */
export const weightSolvers = { nearest, gptq, gptaq, erq } as const satisfies Record<string, WeightSolver>;
export type WeightSolverName = keyof typeof weightSolvers;
