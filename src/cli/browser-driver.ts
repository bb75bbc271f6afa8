/**
 * `npm run lab -- <command> ... --browser`: the same command inside headless Chromium. This is the Node side: it serves the built page
 * and the files that the command line names, starts the browser, passes progress on and brings the result or the error back.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "@playwright/test";
import { browserLaunch } from "../../e2e/launch.ts";
import { InputError } from "../tensor/input-error.ts";
import type { Job, Progress } from "../tensor/progress.ts";
import { startLabServer } from "./lab-server.ts";
import { createNodeHost } from "./node-host.ts";
import { unwrap } from "./outcome.ts";
import { pathsIn } from "./path-arguments.ts";
import { commands } from "./run-command.ts";

const READY_LIMIT_MS = 60_000;

/** Runs one command line in a browser and gives the JSON it prints. Throws the command's own InputErrors, and AbortError when cancelled. */
export async function runInBrowser(args: readonly string[], job: Job): Promise<unknown> {
  const [name = "", ...rest] = args;
  // A command that does not exist names no files; the page refuses it.
  const paths = Object.hasOwn(commands, name)
    ? pathsIn(commands[name], rest)
    : { readable: new Set<string>(), writable: new Set<string>() };
  const launch = await browserLaunch();
  const files = createNodeHost({});
  const server = await startLabServer({ pageFolder: pageFolder(), files, ...paths });
  const cancelled = stopOn(job.signal);
  // An interrupt is the job's to handle: it ends as CANCELLED, with the browser closed.
  const launching = chromium.launch({ ...launch, handleSIGINT: false });
  try {
    const browser = await Promise.race([launching, cancelled.promise]);
    const page = await browser.newPage();
    const stopped = watch(browser, page);
    return await Promise.race([runOnPage(page, server.pageUrl, server.filesUrl, args, job), stopped, cancelled.promise]);
  } finally {
    cancelled.release();
    // Cancelled while it starts, the browser is still to be closed; one that could not start has already been reported.
    await launching.then(
      (browser) => browser.close(),
      () => undefined,
    );
    await server.close();
    files.close();
  }
}

async function runOnPage(page: Page, pageUrl: string, filesUrl: string, args: readonly string[], job: Job): Promise<unknown> {
  await page.exposeFunction("vitrineProgress", (progress: Progress) => job.onProgress?.(progress));
  await page.goto(`${pageUrl}?automation=engine`);
  const isReady = await page.evaluate(waitForLab, READY_LIMIT_MS);
  if (!isReady) throw new Error("internal: the page did not offer the lab");
  const call = { args: [...args], filesUrl };
  const outcome = await page.evaluate((given) => {
    if (window.vitrineLab === undefined) throw new Error("internal: the page has no lab");
    return window.vitrineLab.run(given.args, given.filesUrl);
  }, call);
  return unwrap(outcome);
}

/** Runs in the page. Playwright's own waiting evaluates text there, which the page's content security policy forbids. */
async function waitForLab(limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (window.vitrineLab === undefined && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
  return window.vitrineLab !== undefined;
}

/** Rejects when the page or the browser ends by itself, or the page's script fails outside the command. */
function watch(browser: Browser, page: Page): Promise<never> {
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (what: string) => reject(browserStopped(what));
    page.on("crash", () => stop("The browser's page crashed."));
    page.on("close", () => stop("The browser's page was closed."));
    browser.on("disconnected", () => stop("The browser ended."));
    page.on("pageerror", (error) => reject(new Error(`internal: in the page: ${error.message}`, { cause: error })));
  });
  // It also ends when all is done, with nobody listening any more.
  stopped.catch(() => undefined);
  return stopped;
}

function browserStopped(what: string): InputError {
  return new InputError("BROWSER_STOPPED", {
    what,
    why: "It was closed from outside, or ran out of memory.",
    next: "Run the command again with fewer images, or without --browser.",
  });
}

/** Rejects with the signal's reason when the job is cancelled. */
function stopOn(signal: AbortSignal | undefined): { readonly promise: Promise<never>; release(): void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, give) => (reject = give));
  // It may come when all is done, with nobody listening any more.
  promise.catch(() => undefined);
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return { promise, release: () => signal?.removeEventListener("abort", onAbort) };
}

/** dist/app, seen from wherever below the project this module was built into. */
function pageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const page = join(folder, "dist", "app");
    if (existsSync(join(page, "index.html"))) return page;
    if (folder === dirname(folder)) throw new Error("internal: dist/app is not built; run this through `npm run lab`");
  }
}
