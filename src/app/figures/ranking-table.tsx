import type { Ranking } from "../../runner/diagnose/rank-parts.ts";
import { formatDb, formatNats } from "../format.ts";

/** Parts of the model by what they cost: bars in a table, worst first. `onPart` makes names buttons. */
export function RankingTable(props: {
  readonly ranking: Ranking;
  readonly limit: number;
  readonly onPart?: ((node: string) => void) | undefined;
}) {
  const { ranking, limit, onPart } = props;
  const { mode, start } = ranking;
  const parts = ranking.parts.slice(0, limit);
  const valueOf = (kl: number): number => (mode === "only" ? kl : start.klDivergence - kl);
  const most = Math.max(Number.MIN_VALUE, ...ranking.parts.map(({ distance }) => Math.abs(valueOf(distance.klDivergence))));
  return (
    <table className="ranking-table" data-testid="ranking-table" data-mode={mode} data-kind={ranking.kind}>
      <caption className="visually-hidden">
        {mode === "only" ? "What each part costs when it alone is quantized" : "What leaving each part in float wins back"}
      </caption>
      <thead>
        <tr>
          <th scope="col">{ranking.kind}</th>
          <th scope="col">{mode === "only" ? "KL when quantized alone" : "KL won back by leaving it in float"}</th>
          <th scope="col" className="number">
            logit SQNR
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ name, nodes, distance }) => {
          const value = valueOf(distance.klDivergence);
          return (
            <tr key={name}>
              <th scope="row">
                {onPart === undefined ? (
                  name
                ) : (
                  <button type="button" className="link-button" onClick={() => onPart(nodes[0] ?? name)}>
                    {name}
                  </button>
                )}
              </th>
              <td className="ranking-bar-cell">
                <span
                  className={value < 0 ? "ranking-bar negative" : "ranking-bar"}
                  style={{ width: `${(70 * Math.abs(value)) / most}%` }}
                />
                <span>
                  {value < 0 ? "−" : ""}
                  {formatNats(Math.abs(value))}
                </span>
              </td>
              <td className="number">{formatDb(distance.logitSqnrDb)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
