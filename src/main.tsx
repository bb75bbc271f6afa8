import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createLabActions } from "./app/actions/lab-actions.ts";
import { App } from "./app/app.tsx";
import { installAutomation } from "./app/automation.ts";
import { LabProvider } from "./app/components/lab-context.tsx";
import { decodeInBrowser } from "./app/decode-browser.ts";
import { browserShelf } from "./app/session/file-shelf.ts";
import { keepSession, safeStorage } from "./app/session/keep-session.ts";
import { keepHistory, panelOfHash } from "./app/session/panel-history.ts";
import { readSession } from "./app/session/session.ts";
import type { Session } from "./app/session/session.ts";
import { isShareHash } from "./app/share/share-hash.ts";
import { createLabStore } from "./app/store/lab-store.ts";
import type { LabStore } from "./app/store/lab-store.ts";
import "./app/styles.css";
import { applyTheme, readTheme } from "./app/theme.ts";
import { isTourLeft } from "./app/tour/tour-steps.ts";
import { startLabWorker } from "./app/worker/start-worker.ts";
import type { LabClient } from "./app/worker/lab-client.ts";

const query = new URLSearchParams(location.search);
await (query.get("automation") === "engine" ? offerEngine() : query.has("gallery") ? showGallery() : startPage());

async function startPage(): Promise<void> {
  applyTheme(readTheme());
  const store = createLabStore();
  const actions = createLabActions(store, await startClient(), () => performance.now(), {
    shelf: browserShelf(),
    onSampleShown: () => {
      if (!query.has("automation") && store.getState().shared === null && !isTourLeft(safeStorage())) store.getState().setTourStep(0);
    },
  });
  const session = readSession(safeStorage());
  if (session !== null) resume(store, session);
  const sharedHash = isShareHash(location.hash) ? location.hash : null;
  const named = panelOfHash(location.hash);
  if (named !== null) store.getState().setPanel(named);
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
  // From the first key on: a step that is not kept now could not be walked back. A link's address stays until the link is read.
  if (sharedHash === null) keepHistory(store);
  window.addEventListener("hashchange", () => {
    if (isShareHash(location.hash)) void actions.openShared(location.hash);
  });
  await actions.start();
  if (session?.usesSoftwareAdapter === true || query.get("compute") === "adapter") await actions.runOnSoftwareAdapter(true);
  if (sharedHash !== null) {
    await actions.openShared(sharedHash);
    keepHistory(store);
  }
  keepSession(store, safeStorage());
  // Who follows a link does not want what was open before; opening it would also wipe out what is said about a broken link.
  if (session !== null) await actions.restore(sharedHash === null ? session : { ...session, source: null });
  if (import.meta.env.PROD && !query.has("automation")) registerOffline();
}

/** Where somebody was and what was set before the reload. */
function resume(store: LabStore, { panel, controls, versus, side, filter, lastVerdict }: Session): void {
  const state = store.getState();
  state.setPanel(panel);
  state.setControls(controls);
  if (versus !== null) state.setVersus(versus);
  state.setSide(side);
  state.setFilter(filter);
  state.setLastVerdict(lastVerdict);
}

/** After the first visit the page opens without a network. Where the browser refuses, it only does not. */
function registerOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("./sw.js").catch(() => undefined);
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

/** `?automation=engine`: no interface and no worker, so that nothing else uses the adapter; for the command line. */
async function offerEngine(): Promise<void> {
  const { installBrowserLab } = await import("./cli/browser-host.ts");
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
