/** A browser as the benchmark's driver: a page in a context of its own per contender, and the CPU clocks of the browser's processes. */
import { chromium, type CDPSession, type Page } from "@playwright/test";
import { browserName, type Brand } from "../src/bench/browser-name.ts";
import type { ContenderInfo } from "../src/bench/contender-list.ts";
import type { BenchAdapter } from "../src/bench/describe-adapter.ts";
import type { Driver, OpenedContender } from "../src/bench/driver.ts";
import { packageVersion } from "../src/bench/environment.ts";
import type { ModelManifest } from "../src/bench/models/manifest.ts";
import type { CpuSeconds } from "../src/bench/report/schema.ts";
import { browserLaunch } from "./launch.ts";

export interface BenchBrowser extends Driver {
  /** Name and version: "Microsoft Edge 156.0.8078.108". */
  readonly runtime: string;
  readonly adapter: BenchAdapter | null;
  close(): Promise<void>;
}

export interface BenchBrowserOptions {
  /** Of the benchmark's page. */
  readonly url: string;
  readonly manifest: ModelManifest;
  readonly threads: number | null;
  readonly headed: boolean;
}

/** Headed, the pages lie over each other: without these the covered ones are slowed down. */
const AWAKE = ["--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--disable-background-timer-throttling"];

/** Without it the browser names neither the adapter nor its driver to a page. */
const TELLING = ["--enable-webgpu-developer-features"];

/** A browser of its own for every model: what the GPU process has compiled for one must not help the next. */
export async function openBenchBrowser({ url, manifest, threads, headed }: BenchBrowserOptions): Promise<BenchBrowser> {
  const { executablePath, args } = await browserLaunch();
  const browser = await chromium.launch({ executablePath, args: [...args, ...AWAKE, ...TELLING], headless: !headed });
  const system = await browser.newBrowserCDPSession();
  const openPage = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(waitForBench);
    return page;
  };
  const first = await openPage();
  const brands = await first.evaluate(brandsOf);
  const adapter = await first.evaluate(() => window.vitrineBench?.adapter() ?? null);
  await first.context().close();
  return {
    runtime: `${browserName(brands, executablePath)} ${browser.version()}`,
    adapter,
    async open(info: ContenderInfo) {
      if (info.package !== null && packageVersion(info.package) === null) {
        throw new Error(`${info.package} is not installed: npm install --include=dev`);
      }
      const others = new Set((await processesOf(system)).map(({ id }) => id));
      const page = await openPage();
      const own = new Set((await processesOf(system)).flatMap(({ id }) => (others.has(id) ? [] : [id])));
      return opened(page, info, { manifest, threads }, () => processSeconds(system, own));
    },
    close: () => browser.close(),
  };
}

function opened(
  page: Page,
  { id }: ContenderInfo,
  { manifest, threads }: Pick<BenchBrowserOptions, "manifest" | "threads">,
  cpu: OpenedContender["cpu"],
): OpenedContender {
  /** A page that is gone is this contender's fault, not the run's. */
  const guarded = async <T>(work: () => Promise<T>) => {
    try {
      await page.bringToFront();
      return await work();
    } catch (error) {
      return { ok: false as const, reason: `the page ended: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}` };
    }
  };
  return {
    load: () =>
      guarded(() =>
        page.evaluate(
          (given) => {
            if (window.vitrineBench === undefined) throw new Error("internal: the page has no benchmark");
            return window.vitrineBench.load(given.id, given.manifest, given.threads);
          },
          { id, manifest, threads },
        ),
      ),
    tune: (batches) =>
      guarded(() =>
        page.evaluate((given) => {
          if (window.vitrineBench === undefined) throw new Error("internal: the page has no benchmark");
          return window.vitrineBench.tune(given);
        }, batches),
      ),
    run: (images) =>
      guarded(() =>
        page.evaluate((given) => {
          if (window.vitrineBench === undefined) throw new Error("internal: the page has no benchmark");
          return window.vitrineBench.run(given);
        }, images),
      ),
    profile: () =>
      guarded(() =>
        page.evaluate(() => {
          if (window.vitrineBench === undefined) throw new Error("internal: the page has no benchmark");
          return window.vitrineBench.profile();
        }),
      ),
    cpu,
    close: () => page.context().close(),
  };
}

/** Runs in the page. Playwright's own waiting evaluates text there, which the page's content security policy forbids. */
async function waitForBench(): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (window.vitrineBench === undefined) {
    if (performance.now() > endMs) throw new Error("internal: the page did not offer the benchmark");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs in the page. Other browsers than those built on Chromium have no brands. */
function brandsOf(): readonly Brand[] {
  return (navigator as Navigator & { readonly userAgentData?: { readonly brands: readonly Brand[] } }).userAgentData?.brands ?? [];
}

async function processesOf(system: CDPSession) {
  return (await system.send("SystemInfo.getProcessInfo")).processInfo;
}

/**
 * CPU time since the processes started, which the browser tells on every system: of the GPU process, which all contenders share, and of the renderers that appeared
 * with this contender's page. A context's pages never run in another context's process, so that threads of contenders who wait are not in it.
 */
async function processSeconds(system: CDPSession, own: ReadonlySet<number>): Promise<CpuSeconds | null> {
  const processes = await processesOf(system);
  const sum = (isMeant: (each: (typeof processes)[number]) => boolean) =>
    processes.filter(isMeant).reduce((seconds, each) => seconds + each.cpuTime, 0);
  const gpuProcess = sum(({ type }) => type === "GPU");
  const renderer = sum(({ type, id }) => type === "renderer" && own.has(id));
  return { gpuProcess, renderer, total: gpuProcess + renderer };
}
