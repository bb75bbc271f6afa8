export function serve(options: { root: string; port: number; searchPorts?: boolean; mounts?: Readonly<Record<string, string>> }): Promise<{
  url: string;
  port: number;
  close: () => Promise<void>;
}>;
