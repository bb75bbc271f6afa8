import { chooseExecution } from "../../runner/choose-execution.ts";
import { describeAdapter } from "../../runner/describe-adapter.ts";
import { selfTest } from "../../runner/self-test.ts";
import { InputError } from "../../tensor/input-error.ts";
import type { Command } from "../host.ts";

export const selftest: Command = {
  name: "selftest",
  summary: "every kernel's case list on this adapter, against the reference",
  options: {},
  async run(_options, host) {
    const gpu = await host.gpu();
    const report = await selfTest(gpu, host.job);
    if (report.failed > 0) {
      const failures = report.cases.filter(({ ok }) => !ok).map(({ kernel, name, detail }) => `${kernel} "${name}": ${detail}`);
      throw new InputError("SELFTEST_FAILED", {
        what: `${report.failed} of ${report.failed + report.passed} kernel cases fail on this adapter.`,
        why: failures.slice(0, 5).join("; "),
        next: "Do not trust results of this adapter; update its driver or use another, and report this.",
      });
    }
    const execution = await chooseExecution(gpu);
    return { ...report, env: { adapter: describeAdapter(gpu, execution, undefined), runtime: host.runtime } };
  },
};
