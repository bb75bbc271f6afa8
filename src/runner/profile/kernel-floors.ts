import type { Profile, ProfileStep } from "./profile.ts";

/** All dispatches of a kernel on one shape together. */
export interface KernelFloor {
  readonly kernel: string;
  /** As ProfileStep says it. */
  readonly shape: string;
  readonly dispatches: number;
  /** Milliseconds of one of them: their mean. */
  readonly elapsedMs: number;
  /** Least milliseconds of one of them on this adapter, and what it is bound by. */
  readonly floorMs: number;
  readonly floorBound: NonNullable<ProfileStep["floorBound"]>;
}

/** By kernel and shape, those first that take longest in all. Empty for a profile without the adapter's roofline. */
export function kernelFloors({ steps }: Pick<Profile, "steps">): KernelFloor[] {
  const groups = new Map<string, { readonly first: ProfileStep; readonly times: number[]; readonly floors: number[] }>();
  for (const step of steps) {
    if (step.floorMs === null) continue;
    const key = `${step.kernel} ${step.shape}`;
    const group = groups.get(key) ?? { first: step, times: [], floors: [] };
    groups.set(key, group);
    group.times.push(step.elapsedMs);
    group.floors.push(step.floorMs);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  return [...groups.values()]
    .map(({ first, times, floors }) => ({
      kernel: first.kernel,
      shape: first.shape ?? "",
      dispatches: times.length,
      elapsedMs: mean(times),
      floorMs: mean(floors),
      floorBound: first.floorBound ?? "dispatch",
    }))
    .sort((a, b) => b.elapsedMs * b.dispatches - a.elapsedMs * a.dispatches);
}
