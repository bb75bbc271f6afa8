import { createLabClient } from "../worker/lab-client.ts";
import type { LabClient } from "../worker/lab-client.ts";
import { exposeLab } from "../worker/expose-lab.ts";
import type { LabApi } from "../worker/lab-api.ts";
import { createFakeLab } from "./fake-lab.ts";
import type { FakeLabOptions } from "./fake-lab.ts";

/** A client of a fake lab over a real message channel: the same cloning and error border as a worker, in Node. */
export interface FakeClient {
  readonly client: LabClient;
  readonly crash: (reason: Error) => void;
  readonly close: () => void;
}

export function createFakeClient(options: Partial<FakeLabOptions> = {}, change: (lab: LabApi) => LabApi = (lab) => lab): FakeClient {
  const { port1, port2 } = new MessageChannel();
  // Node has no ImageBitmap; the page's logic never looks inside one.
  const makeThumbnail = (): ImageBitmap => ({ width: 64, height: 64 }) as ImageBitmap;
  exposeLab(change(createFakeLab({ makeThumbnail, stepMs: 0, adapter: "software", ...options })), port2);
  port1.start();
  port2.start();
  let crash: (reason: Error) => void = () => undefined;
  const crashed = new Promise<never>((_resolve, reject) => (crash = reject));
  return {
    client: createLabClient(port1, crashed),
    crash,
    close: () => {
      port1.close();
      port2.close();
    },
  };
}
