import type { Plugin } from "vite";

export function assemblyPlugin(): Plugin;
export function compileAssembly(): Promise<string>;
