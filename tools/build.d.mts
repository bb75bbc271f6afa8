export type Target = "app" | "cli" | "bench-page" | "bench-node";
export function ensureBuilt(target: Target): Promise<number>;
export function isFresh(target: Target): boolean;
