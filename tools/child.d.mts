export interface ChildOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  stdout?: "inherit" | "stderr";
  timeoutMs?: number;
}
export function runChild(command: string, args: readonly string[], options?: ChildOptions): Promise<number>;
export function runPackage(file: string, args: readonly string[], options?: ChildOptions): Promise<number>;
