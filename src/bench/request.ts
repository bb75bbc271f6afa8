/** What one benchmark run takes and gives: the border between whoever drives it (Playwright, Node) and the engine. */

/** The executions of a forward pass that can be measured; the last two run a RepQ-ViT quantized graph. */
export type BenchMode = "float" | "integer" | "simulated";

export interface BenchRequest {
  /** A name in scenarios.ts: "deit-tiny". */
  readonly model: string;
  readonly mode: BenchMode;
  readonly weightBits: number;
  readonly activationBits: number;
  /** How many warm forwards to run and time, after the first. */
  readonly warm: number;
}

export interface BenchAdapter {
  readonly description: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly isSoftware: boolean;
}

export interface BenchResult {
  /** One entry per warm forward of one image, readback of the logits included. */
  readonly elapsedMs: readonly number[];
  /** GPU objects made in one warm forward: buffers, bind groups, pipelines, submits, maps. */
  readonly counters: Readonly<Record<string, number>>;
  readonly adapter: BenchAdapter;
  readonly plan: { readonly dispatches: number; readonly arenaBytes: number; readonly constantBytes: number };
  /** How integer products were executed: "packed integer dot" or "f32 multiply-add"; null in float. */
  readonly integerExecution: string | null;
}
