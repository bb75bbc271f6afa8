import { useEffect, useState } from "react";
import { collectDrop, filesOf } from "../drop/collect-drop.ts";
import { useActions } from "./lab-context.tsx";

/** The whole page takes files, dropped or pasted; while files hover over it, a frame says so. */
export function DropTarget() {
  const { openFiles } = useActions();
  const [isHovered, setHovered] = useState(false);
  useEffect(() => {
    // dragleave also fires on the way from one element into the next: count depth.
    let depth = 0;
    const carries = (event: DragEvent, type: string): boolean => event.dataTransfer?.types.includes(type) === true;
    const carriesFiles = (event: DragEvent): boolean => carries(event, "Files");
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth++;
      setHovered(true);
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovered(false);
    };
    const over = (event: DragEvent): void => {
      // A link is taken too, to say that it is no file; the browser would leave the page for it.
      if (carriesFiles(event) || carries(event, "text/uri-list")) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      depth = 0;
      setHovered(false);
      if (event.dataTransfer === null) return;
      event.preventDefault();
      void openFiles(collectDrop(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent): void => {
      const files = filesOf(event.clipboardData?.files ?? []);
      if (files.length > 0) void openFiles(files);
    };
    const stop = new AbortController();
    const options = { signal: stop.signal };
    window.addEventListener("dragenter", enter, options);
    window.addEventListener("dragleave", leave, options);
    window.addEventListener("dragover", over, options);
    window.addEventListener("drop", drop, options);
    window.addEventListener("paste", paste, options);
    return () => stop.abort();
  }, [openFiles]);
  return isHovered ? (
    <div className="drop-overlay" aria-hidden="true">
      <p>Drop a model, images, or both</p>
    </div>
  ) : null;
}
