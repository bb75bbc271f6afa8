/**
 * A browser with WebGPU: the one named by CHROME_PATH, else an installed Chrome, Chromium or Edge, else Playwright's own.
 * `ensureBrowser` installs one where there is none: Debian's package for root on Debian, Playwright's build elsewhere.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const INSTALL_LIMIT_MS = 10 * 60_000;
const LINUX_NAMES = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge-stable", "microsoft-edge"];

/** @returns {Promise<string | null>} the executable's path */
export async function findBrowser() {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist. Correct it or unset it.`);
    return named;
  }
  return candidates().find((path) => existsSync(path)) ?? (await playwrightBrowser());
}

/**
 * Finds a browser, or installs one; all installers write to stderr.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found !== null) return found;
  const install = isDebianRoot() ? installDebianPackages(["chromium", "fonts-dejavu-core"]) : false;
  if (!install) installPlaywrightBrowser();
  const installed = await findBrowser();
  if (installed !== null) return installed;
  throw new Error(
    "No browser with WebGPU was found, and none could be installed.\n" +
      "Install Chrome, Chromium or Edge (on Debian: apt-get install chromium), or name one: CHROME_PATH=/path/to/chrome npm test",
  );
}

/**
 * Debian packages, as root; false when that is not possible here or did not work.
 * @param {string[]} names
 */
export function installDebianPackages(names) {
  if (!isDebianRoot()) return false;
  process.stderr.write(`vitrine: installing ${names.join(", ")} (apt-get)\n`);
  const run = (/** @type {string[]} */ args) =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", 2, 2],
      timeout: INSTALL_LIMIT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  return run(["update", "-q"]) && run(["install", "-q", "-y", "--no-install-recommends", ...names]);
}

/** Ubuntu's own `chromium-browser` package is only a pointer to a snap, so Ubuntu gets Playwright's build instead. */
function isDebianRoot() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/etc/os-release")) return false;
  return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}

function installPlaywrightBrowser() {
  process.stderr.write("vitrine: no Chrome, Chromium or Edge found; installing Playwright's Chromium\n");
  const cli = join("node_modules", "@playwright", "test", "cli.js");
  const args = process.platform === "linux" && process.getuid?.() === 0 ? ["--with-deps"] : [];
  spawnSync(process.execPath, [cli, "install", ...args, "chromium"], { stdio: ["ignore", 2, 2], timeout: INSTALL_LIMIT_MS });
}

async function playwrightBrowser() {
  try {
    const { chromium } = await import("@playwright/test");
    const path = chromium.executablePath();
    return path !== "" && existsSync(path) ? path : null;
  } catch {
    // Before the packages are installed there is no Playwright to ask.
    return null;
  }
}

function candidates() {
  if (process.platform === "darwin") return macPaths();
  if (process.platform === "win32") return windowsPaths();
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), "/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

function macPaths() {
  const apps = ["Google Chrome", "Chromium", "Microsoft Edge", "Google Chrome Canary"];
  const roots = ["/Applications", join(process.env.HOME ?? "", "Applications")];
  return apps.flatMap((app) => roots.map((root) => join(root, `${app}.app`, "Contents", "MacOS", app)));
}

function windowsPaths() {
  const roots = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
  const parts = [
    ["Google", "Chrome", "Application", "chrome.exe"],
    ["Chromium", "Application", "chrome.exe"],
    ["Microsoft", "Edge", "Application", "msedge.exe"],
  ];
  return parts.flatMap((part) => roots.flatMap((root) => (root === undefined ? [] : [join(root, ...part)])));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${await ensureBrowser()}\n`);
}
