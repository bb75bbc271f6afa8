export function gpuEnvironment(): Promise<Record<string, string>>;
export function ensureVulkan(): Promise<void>;
export function hasSystemVulkanLoader(): boolean;
export function hasHardwareDriver(): boolean;
