/**
 * What every command does first, so that each works right after `git clone`: the Node version, and the npm packages that
 * package-lock.json names. Plain Node, no packages. Everything it says goes to stderr.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Checks Node, installs what is missing, and makes the checkout the working directory.
 * @param {readonly string[]} optional direct dependencies that the command can do without: where they cannot be installed, that is said, and it goes on
 */
export function ensure(optional = []) {
  ensureNodeVersion(process.versions.node);
  process.chdir(ROOT);
  const stale = firstStalePackage();
  if (stale === null) return;
  process.stderr.write(`vitrine: installing npm packages (${stale})\n`);
  const installed = installPackages();
  const still = firstStalePackage();
  if (installed && still === null) return;
  if (optional.length > 0 && firstStaleDependency(".", optional) === null) {
    process.stderr.write(`vitrine: ${still ?? "npm install failed"}; going on without\n`);
    return;
  }
  if (!installed) fail("`npm install` failed; the lines above say why. It needs the npm registry once.");
  fail(`npm install ended, but ${still}. Remove node_modules and try again.`);
}

/**
 * The direct dependencies alone, each with its version.
 * @param {string} root @param {readonly string[]} optional which may be absent or of another version
 * @returns {string | null}
 */
export function firstStaleDependency(root, optional) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const { dependencies, devDependencies } = wanted[""] ?? {};
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const manifest = join(root, "node_modules", name, "package.json");
    const version = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : "absent";
    const { version: right } = wanted[`node_modules/${name}`];
    if (!optional.includes(name) && version !== right) return `node_modules/${name} is ${version}, wanted is ${right}`;
  }
  return null;
}

/**
 * Vite 8 needs ^20.19 or >=22.12.
 * @param {string} version
 */
function ensureNodeVersion(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (!ok) fail(`Vitrine needs Node 20.19 or newer (22.12 or newer in the 22 line); this is Node ${version}.`);
}

/**
 * Compares what npm says it installed with the lock file, package by package: file times lie after a checkout or a copy.
 * Packages that are optional (other platforms' binaries) may be absent.
 * @returns {string | null} why an installation is needed
 */
function firstStalePackage() {
  const installedFile = join("node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return "node_modules is absent";
  const wanted = readPackages("package-lock.json");
  const installed = readPackages(installedFile);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const have = installed[path];
    if (have === undefined) {
      if (entry.optional || entry.devOptional || entry.peer) continue;
      return `${path} is missing`;
    }
    if (!existsSync(path)) return `${path} is missing`;
    if (have.version !== entry.version) return `${path} is ${have.version}, wanted is ${entry.version}`;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Record<string, {version: string, optional?: boolean, devOptional?: boolean, peer?: boolean, dependencies?: object, devDependencies?: object}>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

/**
 * Installs what the lock file names, without writing to it. Not `npm ci`: it refuses a lock file that was made where the registry
 * lacks some optional package of another platform.
 * @returns {boolean} whether npm was content
 */
function installPackages() {
  // onnxruntime-node (a peer in benchmarks and exports) would fetch CUDA libraries from elsewhere; its CPU and WebGPU parts come with the package.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  const args = ["install", "--no-save", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  // Under `npm start` npm tells where it lies; starting it through Node spares Windows its npm.cmd.
  const npm = process.env.npm_execpath;
  const result =
    npm !== undefined && npm.endsWith(".js")
      ? spawnSync(process.execPath, [npm, ...args], { stdio: ["ignore", 2, 2], env })
      : spawnSync("npm", args, { stdio: ["ignore", 2, 2], env, shell: process.platform === "win32" });
  return result.status === 0;
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`vitrine: ${message}\n`);
  process.exit(1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) ensure();
