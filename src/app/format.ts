import type { QuantizeRequest } from "../runner/comparison.ts";

/** Numbers as the page writes them; English, with a thin unit and no more digits than mean something. */

export function formatBytes(sizeBytes: number): string {
  if (!Number.isFinite(sizeBytes)) return "unknown";
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  if (sizeBytes < 1e6) return `${threeDigits(sizeBytes / 1e3)} kB`;
  if (sizeBytes < 1e9) return `${threeDigits(sizeBytes / 1e6)} MB`;
  return `${threeDigits(sizeBytes / 1e9)} GB`;
}

export function formatCount(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  if (count < 1e6) return `${threeDigits(count / 1e3)} k`;
  return count < 1e9 ? `${threeDigits(count / 1e6)} M` : `${threeDigits(count / 1e9)} G`;
}

export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return "n/a";
  const percent = share * 100;
  return `${percent.toFixed(percent > 0 && percent < 100 ? 1 : 0)} %`;
}

export function formatDb(sqnrDb: number): string {
  if (Number.isNaN(sqnrDb)) return "undefined";
  if (sqnrDb === Infinity) return "exact";
  return sqnrDb === -Infinity ? "no signal" : `${sqnrDb.toFixed(1)} dB`;
}

export function formatNats(divergence: number): string {
  if (!Number.isFinite(divergence)) return "n/a";
  // Less is what rounding leaves of 0.
  if (Math.abs(divergence) >= 1e-12 && Math.abs(divergence) < 0.001) return `${divergence.toExponential(1)} nats`;
  return `${divergence.toFixed(3)} nats`;
}

export function formatMs(elapsedMs: number): string {
  return elapsedMs < 1000 ? `${elapsedMs.toFixed(elapsedMs < 10 ? 1 : 0)} ms` : `${(elapsedMs / 1000).toFixed(1)} s`;
}

/** Why a measurement is invalid: "the tab was hidden 3.1 s". */
export function hiddenText(hiddenMs: number): string {
  return `the tab was hidden ${formatMs(hiddenMs)}`;
}

/** As `formatMs`, down to nanoseconds: "4.00 µs". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "n/a";
  if (seconds >= 1e-3 || seconds === 0) return formatMs(1e3 * seconds);
  return seconds >= 1e-6 ? `${threeDigits(1e6 * seconds)} µs` : `${threeDigits(1e9 * seconds)} ns`;
}

/** Work per second with a prefix: `formatRate(2e12, "OP/s")` is "2.00 TOP/s". */
export function formatRate(perSecond: number, unit: string): string {
  if (!Number.isFinite(perSecond)) return "n/a";
  const prefixes = ["", "k", "M", "G", "T", "P"];
  const thousands = Math.min(prefixes.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, perSecond)) / 3)));
  return `${threeDigits(perSecond / 1e3 ** thousands)} ${prefixes[thousands] ?? ""}${unit}`;
}

/** A relative change with its sign: "−12.5 %". */
export function formatChange(change: number): string {
  const percent = Math.abs(100 * change).toFixed(1);
  return percent === "0.0" ? "±0.0 %" : `${change < 0 ? "−" : "+"}${percent} %`;
}

export function formatTimeLeft(seconds: number): string {
  if (seconds < 1.5) return "about a second left";
  if (seconds < 90) return `about ${seconds.toFixed(0)} s left`;
  return `about ${(seconds / 60).toFixed(0)} min left`;
}

/** "W4A4", where attention probabilities have other bits than activations "W8A8, attention 4", and with rules on top "W4A4, 2 rules". */
export function bitsName(request: Pick<QuantizeRequest, "weightBits" | "activationBits" | "attentionBits" | "rules">): string {
  const { weightBits, activationBits, attentionBits = activationBits, rules = [] } = request;
  const attention = attentionBits === activationBits ? "" : `, attention ${attentionBits}`;
  const count = rules.length === 0 ? "" : `, ${rules.length} ${rules.length === 1 ? "rule" : "rules"}`;
  return `W${weightBits}A${activationBits}${attention}${count}`;
}

/** The same in words: "weights in 4 bits, activations in 8 bits, attention probabilities in 4 bits, 2 rules on top". */
export function bitsWords(request: Parameters<typeof bitsName>[0]): string {
  const { weightBits, activationBits, attentionBits = activationBits, rules = [] } = request;
  const parts =
    weightBits === activationBits
      ? [`weights and activations in ${weightBits} bits`]
      : [`weights in ${weightBits} bits`, `activations in ${activationBits} bits`];
  if (attentionBits !== activationBits) parts.push(`attention probabilities in ${attentionBits} bits`);
  if (rules.length > 0) parts.push(`${rules.length} ${rules.length === 1 ? "rule" : "rules"} on top`);
  return parts.join(", ");
}

/** A mean number of bits: "4", "4.13". */
export function formatBits(bits: number): string {
  return Number.isFinite(bits) ? String(Number(bits.toFixed(2))) : "n/a";
}

/** Three digits that mean something, whatever the magnitude: "0.0213", "-1.42", "3.1e-7". */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 0.001 || magnitude >= 100_000)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

function threeDigits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** How a model was computed. */
export const EXECUTORS = {
  integer: "Computed from packed integer codes",
  simulated: "Simulated in floating point",
  reference: "Computed by the CPU reference",
  cpu: "Computed with WebAssembly on the CPU",
} as const;
