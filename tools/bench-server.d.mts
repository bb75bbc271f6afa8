export function serveBench(modelsFolder: string): Promise<{ url: string; port: number; close: () => Promise<void> }>;
