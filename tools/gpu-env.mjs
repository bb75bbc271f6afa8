/**
 * The environment in which Node + Dawn finds a Vulkan driver. Where there is no hardware driver, Chromium's own software
 * driver (SwiftShader, which lies beside every Chrome and Chromium) serves; the choice is made before the process that uses
 * Dawn starts, because the Vulkan loader reads it once.
 */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureBrowser, findBrowser, installDebianPackages } from "./find-browser.mjs";

const ICD_NAME = "vk_swiftshader_icd.json";
const LOADER_NAME = "libvulkan.so.1";
const DRIVER_FOLDERS = ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
const BROWSER_FOLDERS = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
  "/opt/chromium.org/chromium",
  "/opt/microsoft/msedge",
  "/snap/chromium/current/usr/lib/chromium-browser",
];
const LIBRARY_FOLDERS = ["/usr/lib", "/usr/lib64", "/lib", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];

/**
 * Variables to add to a child's environment; empty where Dawn needs no help (macOS, Windows, a hardware driver, or the
 * user's own VK_ICD_FILENAMES).
 * @returns {Promise<Record<string, string>>}
 */
export async function gpuEnvironment() {
  if (process.platform !== "linux") return {};
  /** @type {Record<string, string>} */
  const environment = {};
  const folders = await browserFolders();
  if (!hasSystemVulkanLoader()) {
    const folder = folders.find((each) => existsSync(join(each, LOADER_NAME)));
    if (folder !== undefined) environment.LD_LIBRARY_PATH = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  }
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return environment;
  if (hasHardwareDriver() && process.env.VITRINE_ADAPTER !== "swiftshader") return environment;
  const folder = folders.find((each) => existsSync(join(each, ICD_NAME)));
  if (folder !== undefined) environment.VK_ICD_FILENAMES = join(folder, ICD_NAME);
  return environment;
}

/**
 * Installs what Dawn lacks on Linux (the Vulkan loader, and a browser for its software driver) where that is possible; where it
 * is not, Dawn itself will say that there is no adapter.
 */
export async function ensureVulkan() {
  if (process.platform !== "linux") return;
  if (!hasSystemVulkanLoader()) installDebianPackages(["libvulkan1"]);
  if (!process.env.VK_ICD_FILENAMES && !hasHardwareDriver()) await ensureBrowser();
}

/** True where the Vulkan loader is installed for everybody, which is where Dawn looks. */
export function hasSystemVulkanLoader() {
  return LIBRARY_FOLDERS.some((folder) => existsSync(join(folder, LOADER_NAME)));
}

/** A GPU's device node and a driver for it; Mesa's llvmpipe alone does not count. */
export function hasHardwareDriver() {
  if (process.platform !== "linux") return true;
  const hasDevice = list("/dev/dri").some((name) => name.startsWith("renderD")) || existsSync("/dev/nvidia0") || existsSync("/dev/dxg");
  const hasDriver = DRIVER_FOLDERS.flatMap(list).some((name) => name.endsWith(".json") && !name.startsWith("lvp_"));
  return hasDevice && hasDriver;
}

async function browserFolders() {
  const browser = await findBrowser();
  return [...(browser === null ? [] : [dirname(realpathSync(browser))]), ...BROWSER_FOLDERS];
}

/** @param {string} folder */
function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}
