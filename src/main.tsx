import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createLabActions } from "./app/actions/lab-actions.ts";
import { App } from "./app/app.tsx";
import { installAutomation } from "./app/automation.ts";
import { LabProvider } from "./app/components/lab-context.tsx";
import { decodeInBrowser } from "./app/decode-browser.ts";
import { createLabStore } from "./app/store/lab-store.ts";
import "./app/styles.css";
import { applyTheme, readTheme } from "./app/theme.ts";
import { startLabWorker } from "./app/worker/start-worker.ts";
import type { LabClient } from "./app/worker/lab-client.ts";

const query = new URLSearchParams(location.search);
await (query.get("automation") === "engine" ? offerEngine() : query.has("gallery") ? showGallery() : startPage());

async function startPage(): Promise<void> {
  applyTheme(readTheme());
  const store = createLabStore();
  const actions = createLabActions(store, await startClient(), () => performance.now());
  if (query.has("automation")) installAutomation(store);

  const root = document.getElementById("root");
  if (root === null) throw new Error("internal: index.html has no #root");
  createRoot(root).render(
    <StrictMode>
      <LabProvider lab={{ store, actions }}>
        <App />
      </LabProvider>
    </StrictMode>,
  );
  await actions.start();
}

/** `?gallery`: every plot on made-up data. */
async function showGallery(): Promise<void> {
  applyTheme(readTheme());
  const { Gallery } = await import("./app/gallery/gallery.tsx");
  const root = document.getElementById("root");
  if (root === null) throw new Error("internal: index.html has no #root");
  document.title = "Every plot · Vitrine";
  createRoot(root).render(<Gallery />);
}

/** `?automation=engine`: no interface and no worker, so that nothing else uses the adapter; for the command line and benchmarks. */
async function offerEngine(): Promise<void> {
  const [{ installBrowserLab }, { installBench }] = await Promise.all([
    import("./cli/browser-host.ts"),
    import("./bench/install-bench.ts"),
  ]);
  installBench();
  installBrowserLab(decodeInBrowser);
}

/** `?fake` replaces the engine while developing; a build has neither the switch nor the fake. */
async function startClient(): Promise<LabClient> {
  if (import.meta.env.DEV && query.has("fake")) {
    const { startFakeWorker } = await import("./app/testing/start-fake-worker.ts");
    return startFakeWorker(query);
  }
  return startLabWorker();
}
