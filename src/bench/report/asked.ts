/** What a run was asked for: only beside it does a row that is absent mean anything. */
import type { SpeedRun } from "./schema.ts";

export type Asked = NonNullable<SpeedRun["asked"]>;

/** Reports that do not say it yet: what has a row was asked for. */
export function askedOf({ asked, models, rows }: SpeedRun): Asked {
  return asked ?? { models: models.map(({ key }) => key), contenders: [...new Set(rows.map(({ contender }) => contender))] };
}

export function joinedAsked(a: SpeedRun, b: SpeedRun): Asked {
  const [one, two] = [askedOf(a), askedOf(b)];
  const union = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])];
  return { models: union(one.models, two.models), contenders: union(one.contenders, two.contenders) };
}
