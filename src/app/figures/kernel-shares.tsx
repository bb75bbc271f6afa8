import type { KernelShare } from "../../runner/profile/profile.ts";
import { formatMs } from "../format.ts";

/** Kernels by the time that all their dispatches take: bars in a table, the costliest first. Not for software adapters, whose order would mislead. */
export function KernelShares({ kernels }: { readonly kernels: readonly KernelShare[] }) {
  const most = Math.max(Number.MIN_VALUE, ...kernels.map(({ percent }) => percent));
  return (
    <table className="ranking-table" data-testid="kernel-shares">
      <caption className="visually-hidden">Share of each kernel in the time of all dispatches</caption>
      <thead>
        <tr>
          <th scope="col">kernel</th>
          <th scope="col">share of the time</th>
          <th scope="col" className="number">
            dispatches
          </th>
        </tr>
      </thead>
      <tbody>
        {kernels.map(({ kernel, count, elapsedMs, percent }) => (
          <tr key={kernel}>
            <th scope="row">{kernel}</th>
            <td className="ranking-bar-cell">
              <span className="ranking-bar neutral" style={{ width: `${(60 * percent) / most}%` }} />
              <span>
                {percent.toFixed(1)} %, {formatMs(elapsedMs)}
              </span>
            </td>
            <td className="number">{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
