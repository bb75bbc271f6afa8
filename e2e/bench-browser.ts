/** A browser as the benchmark's driver: a page in a context of its own per contender, and the CPU clocks of the browser's processes. */
import { chromium, type CDPSession, type Page } from "@playwright/test";
import type { ContenderInfo } from "../src/bench/contender-list.ts";
import type { BenchAdapter } from "../src/bench/describe-adapter.ts";
import { packageVersion } from "../src/bench/environment.ts";
import type { ModelManifest } from "../src/bench/models/manifest.ts";
import type { CpuSeconds } from "../src/bench/report/schema.ts";
import type { Driver, OpenedContender } from "../src/bench/run-model.ts";
import { browserLaunch } from "./launch.ts";

export interface BenchBrowser extends Driver {
  readonly version: string;
  adapter(): Promise<BenchAdapter | null>;
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

/** A browser of its own for every model: what the GPU process has compiled for one must not help the next. */
export async function openBenchBrowser({ url, manifest, threads, headed }: BenchBrowserOptions): Promise<BenchBrowser> {
  const { executablePath, args } = await browserLaunch();
  const browser = await chromium.launch({ executablePath, args: [...args, ...AWAKE], headless: !headed });
  const system = await browser.newBrowserCDPSession();
  const openPage = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(waitForBench);
    return page;
  };
  return {
    version: browser.version(),
    async adapter() {
      const page = await openPage();
      const adapter = await page.evaluate(() => window.vitrineBench?.adapter() ?? null);
      await page.context().close();
      return adapter;
    },
    async open(info: ContenderInfo) {
      if (info.package !== null && packageVersion(info.package) === null) {
        throw new Error(`${info.package} is not installed: npm install --include=dev`);
      }
      return opened(await openPage(), info, manifest, threads);
    },
    cpu: () => processSeconds(system),
    close: () => browser.close(),
  };
}

function opened(page: Page, info: ContenderInfo, manifest: ModelManifest, threads: number | null): OpenedContender {
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
          { id: info.id, manifest, threads },
        ),
      ),
    run: (images) =>
      guarded(() =>
        page.evaluate((given) => {
          if (window.vitrineBench === undefined) throw new Error("internal: the page has no benchmark");
          return window.vitrineBench.run(given);
        }, images),
      ),
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

/** The browser tells the CPU time of its processes since they started, on every system. */
async function processSeconds(system: CDPSession): Promise<CpuSeconds | null> {
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const sum = (type: string) => processInfo.filter((each) => each.type === type).reduce((seconds, each) => seconds + each.cpuTime, 0);
  const [gpuProcess, renderer] = [sum("GPU"), sum("renderer")];
  return { gpuProcess, renderer, total: gpuProcess + renderer };
}
