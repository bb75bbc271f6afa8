export function serve(options: { root: string; port: number; searchPorts?: boolean }): Promise<{
  url: string;
  port: number;
  close: () => Promise<void>;
}>;
