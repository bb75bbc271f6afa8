import type { LabClient } from "../worker/lab-client.ts";
import { clientOfWorker } from "../worker/start-worker.ts";

/** `?fake=hardware|software|missing&step=MS`: the page on made-up data. */
export function startFakeWorker(query: URLSearchParams): LabClient {
  const name = new URLSearchParams({ adapter: query.get("fake") ?? "", step: query.get("step") ?? "60" });
  return clientOfWorker(new Worker(new URL("./fake.worker.ts", import.meta.url), { type: "module", name: name.toString() }));
}
