import { InputError } from "../../tensor/input-error.ts";
import { createLabClient } from "./lab-client.ts";
import type { LabClient } from "./lab-client.ts";

/** The client of a freshly started worker; a worker that cannot load or dies answers every call with WORKER_STOPPED. */
export function clientOfWorker(worker: Worker): LabClient {
  const crashed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener("error", (event) => {
      reject(
        new InputError("WORKER_STOPPED", {
          what: "The engine's worker stopped.",
          why: event.message === "" || event.message === undefined ? "Its script could not be loaded or run." : event.message,
          next: "Reload the page. If it happens again, try a current Chrome or Edge.",
        }),
      );
    });
  });
  return createLabClient(worker, crashed);
}

/** The real engine. */
export function startLabWorker(): LabClient {
  return clientOfWorker(new Worker(new URL("./lab.worker.ts", import.meta.url), { type: "module", name: "vitrine-lab" }));
}
