import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { formatMs } from "../format.ts";
import type { SelfTestState } from "../store/engine-slice.ts";
import type { SelfTestReport } from "../worker/lab-api.ts";
import { Dialog } from "./dialog.tsx";
import { useActions, useLab } from "./lab-context.tsx";

/** Every kernel against the CPU reference, on this GPU: badge in the header, cases in a dialog. */
export function SelfTestBadge() {
  const selfTest = useLab((state) => state.selfTest);
  const isBusy = useLab((state) => state.job !== null);
  const hasGpu = useLab((state) => state.adapter.kind !== "missing");
  const { runSelfTest, cancel } = useActions();
  const [isOpen, setOpen] = useState(false);
  const { mark, text, kind } = badgeOf(selfTest);
  if (!hasGpu) return null;
  return (
    <>
      <Button className={`pill badge ${kind}`} data-testid="self-test" data-state={kind} onPress={() => setOpen(true)}>
        <span aria-hidden="true" className="pill-mark">
          {mark}
        </span>
        <span>Self-test: {text}</span>
      </Button>
      <Dialog title="Self-test of this GPU" isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>
          Runs the case list of every kernel on this adapter and compares with the reference on the CPU: integers must be equal, floats
          within their stated tolerance.
        </p>
        <p>
          {selfTest.kind === "running" ? (
            <Button className="button" onPress={cancel}>
              Cancel the self-test
            </Button>
          ) : (
            <Button className="button primary" isDisabled={isBusy} onPress={() => void runSelfTest()}>
              {selfTest.kind === "done" ? "Run again" : "Run the self-test"}
            </Button>
          )}{" "}
          <span data-testid="self-test-summary">{text}</span>
        </p>
        {selfTest.kind === "done" && <CaseTable report={selfTest.report} />}
      </Dialog>
    </>
  );
}

function badgeOf(state: SelfTestState): { mark: string; text: string; kind: "asking" | "ok" | "bad" | "running" } {
  if (state.kind === "not-run") return { mark: "○", text: "not run", kind: "asking" };
  if (state.kind === "running")
    return { mark: "◔", text: state.total === 0 ? "starting" : `${state.done} of ${state.total}`, kind: "running" };
  const { passed, failed } = state.report;
  return failed === 0
    ? { mark: "✓", text: `${passed} passed`, kind: "ok" }
    : { mark: "▲", text: `${failed} of ${passed + failed} failed`, kind: "bad" };
}

function CaseTable({ report }: { readonly report: SelfTestReport }) {
  // Failures first: they are what somebody opens this for.
  const cases = report.cases.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <>
      <p>
        {report.passed} passed, {report.failed} failed in {formatMs(report.elapsedMs)}.{" "}
        {report.notExecuted.length > 0 &&
          `Not executed, because this adapter lacks a feature (compile-checked only): ${report.notExecuted.join(", ")}.`}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Kernel</th>
            <th scope="col">Case</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={`${one.kernel} ${one.name}`}>
              <td>{one.kernel}</td>
              <td>{one.name}</td>
              <td>
                {one.ok ? "✓ passed" : "▲ failed"}
                {one.detail !== "" && <span className="muted"> · {one.detail}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
