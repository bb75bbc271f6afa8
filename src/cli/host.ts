import type { ByteSource } from "../formats/byte-source.ts";
import type { HubShelf } from "../formats/hub/download.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Pixels } from "../images/pixels.ts";
import type { Tunings } from "../runner/tune/tune-store.ts";
import type { Job } from "../tensor/progress.ts";

/** What the commands need of the machine they run on: Node with Dawn, or a page in a browser. */
export interface Host {
  /** "Node v20.19.0, Dawn" or the browser's user agent. */
  readonly runtime: string;
  /**
   * The file, or every file of a folder (by path below it, sorted). Throws InputError FILE_NOT_FOUND.
   * `withModelFiles`: a single file brings along what lies beside it and belongs to its model (configurations, shards).
   */
  open(path: string, withModelFiles?: boolean): Promise<readonly ByteSource[]>;
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Opened at the first call, and afresh after it was lost. */
  gpu(): Promise<Gpu>;
  /** What was measured on adapters before. */
  readonly tunings: Tunings;
  decode(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Pixels>;
  /** Where a repository of the Hub is downloaded to; absent in a page, which has no disk. */
  hubFolder?(path: string): Promise<HubShelf>;
  readonly job: Job;
}

/** A command: takes its options, gives the JSON that is printed. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  run(options: Options, host: Host): Promise<unknown>;
}

export interface OptionSpec {
  /** Placeholder in the help: "PATH", "BITS". */
  readonly value: string;
  readonly help: string;
  readonly required?: boolean;
}

export type Options = Readonly<Record<string, string | undefined>>;
