import { useLab } from "../../components/lab-context.tsx";

const WHY = {
  "no-storage": "this browser gives the page no private storage, as in some private windows. Give the model's files again after a reload.",
  "no-room": "there is not enough room in the browser's storage. Delete recent models, and open it again.",
} as const;

/** What a reload will not bring back, and why. */
export function MemoryNotice() {
  const notKept = useLab((state) => (state.modelFiles.length > 0 ? state.notKept : null));
  const isSessionKept = useLab((state) => state.isSessionKept);
  if (notKept === null && isSessionKept) return null;
  return (
    <div className="notice warning" data-testid="not-remembered">
      {notKept !== null && (
        <p>
          <span aria-hidden="true">▲ </span>
          <strong>The model is not remembered:</strong> {WHY[notKept]}
        </p>
      )}
      {!isSessionKept && (
        <p>
          <span aria-hidden="true">▲ </span>
          <strong>Not remembered this session:</strong> the browser's storage is blocked or full, so that panel, recipe and choices are gone
          after a reload.
        </p>
      )}
    </div>
  );
}
