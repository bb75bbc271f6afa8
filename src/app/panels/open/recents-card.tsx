import { Button } from "react-aria-components/Button";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { formatBytes } from "../../format.ts";

/** Models that this browser keeps for itself: to open again without the file, and to delete. */
export function RecentsCard() {
  const recents = useLab((state) => state.recents);
  const current = useLab((state) => state.keptModel);
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { openRecent, forget } = useActions();
  const mayStay = useLab((state) => state.mayStay);
  if (recents.length === 0) return null;
  const total = recents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <section className="card" aria-labelledby="recents-title" data-testid="recents">
      <h2 id="recents-title">Recent models</h2>
      <ul className="recents">
        {recents.map(({ id, name, sizeBytes, keptAt }) => (
          <li key={id} data-testid="recent">
            <div>
              <strong>{name}</strong>
              <p className="muted small">
                {formatBytes(sizeBytes)}, {keptAt.slice(0, 10)}
                {id === current && ", open"}
              </p>
            </div>
            <Button
              className="button"
              isDisabled={isBusy || id === current}
              aria-label={`Open ${name}`}
              onPress={() => void openRecent(id)}
            >
              Open
            </Button>
            <Button className="button" aria-label={`Delete ${name}`} onPress={() => void forget(id)}>
              Delete
            </Button>
          </li>
        ))}
      </ul>
      <p className="muted small">
        Kept in this browser's private storage on this computer, {formatBytes(total)} in all. No other site can read it.
      </p>
      {mayStay !== null && (
        <p className="muted small" data-testid="may-stay" data-value={mayStay}>
          {mayStay
            ? "✓ The browser was asked, and keeps them until you delete them."
            : "○ The browser was asked, and did not promise it: it may clear them when it needs room."}
        </p>
      )}
    </section>
  );
}
