import type { AdapterDescription } from "../../runner/comparison.ts";
import type { AdapterState } from "../store/engine-slice.ts";
import { useLab } from "./lab-context.tsx";

/** The adapter that runs, always in sight; a software adapter says so in words, not only in colour. */
export function AdapterPill() {
  const adapter = useLab((state) => state.adapter);
  const usesSoftware = useLab((state) => state.usesSoftwareAdapter);
  const losses = useLab((state) => state.deviceLosses);
  const { mark, text, detail } = pillOf(adapter, usesSoftware);
  return (
    <p className={`pill ${mark}`} data-testid="adapter" data-kind={mark}>
      <span aria-hidden="true" className="pill-mark">
        {mark === "ok" ? "●" : mark === "asking" ? "○" : "▲"}
      </span>
      <span>
        {text}
        {detail !== "" && <span className="pill-detail"> · {detail}</span>}
        {losses > 0 && <span data-testid="device-losses"> · lost and opened again{losses > 1 ? ` ${losses} times` : ""}</span>}
      </span>
    </p>
  );
}

function pillOf(state: AdapterState, usesSoftware: boolean): { mark: "ok" | "warning" | "asking"; text: string; detail: string } {
  if (state.kind === "asking") return { mark: "asking", text: "Looking for a GPU …", detail: "" };
  if (state.kind === "missing") return { mark: "warning", text: "no GPU: the CPU computes, slower", detail: "" };
  const { adapter } = state;
  if (adapter.isSoftware) {
    const text = usesSoftware ? "software adapter: results valid, timings not" : "software adapter: WebAssembly computes instead";
    return { mark: "warning", text, detail: adapterName(adapter) };
  }
  return { mark: "ok", text: `Runs on ${adapterName(adapter)}`, detail: adapter.integerExecution ?? "" };
}

export function adapterName(adapter: AdapterDescription): string {
  const parts = [adapter.description, adapter.device, `${adapter.vendor} ${adapter.architecture}`.trim()];
  return parts.find((part) => part !== "") ?? "an unnamed GPU";
}
