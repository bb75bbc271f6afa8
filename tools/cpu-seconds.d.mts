export function cpuSeconds(pid: number): number | null;
export function measureCpuSeconds<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ result: T; seconds: number | null; elapsedMs: number }>;
export function findDescendant(root: number, word: string): number | null;
export function selfCheck(): Promise<void>;
