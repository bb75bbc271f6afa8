import type { Plugin } from "vite";

export function offlinePlugin(): Plugin;
