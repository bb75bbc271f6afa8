import { useEffect } from "react";
import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";

const WRITES = "input[type=text], textarea, [contenteditable]";

/** Back and forth through what was set: buttons, and the usual keys wherever no text is being written. */
export function HistoryButtons() {
  const undo = useLab((state) => state.undoControls);
  const redo = useLab((state) => state.redoControls);
  const canUndo = useLab((state) => state.controlsHistory.past.length > 0);
  const canRedo = useLab((state) => state.controlsHistory.future.length > 0);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(WRITES) !== null) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) undo();
      else if (key === "y" || key === "z") redo();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [undo, redo]);
  return (
    <>
      <Button className="button" isDisabled={!canUndo} onPress={undo} aria-keyshortcuts="Control+Z" data-testid="undo">
        ↶ Undo
      </Button>
      <Button className="button" isDisabled={!canRedo} onPress={redo} aria-keyshortcuts="Control+Shift+Z" data-testid="redo">
        ↷ Redo
      </Button>
    </>
  );
}
