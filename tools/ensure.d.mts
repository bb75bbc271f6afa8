export const ROOT: string;
export function ensure(optional?: readonly string[]): void;
export function firstStaleDependency(root: string, optional: readonly string[]): string | null;
