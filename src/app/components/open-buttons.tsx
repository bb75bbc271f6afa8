import { useRef } from "react";
import { Button } from "react-aria-components/Button";
import { filesOf } from "../drop/collect-drop.ts";
import { useActions } from "./lab-context.tsx";

/** The drop target's buttons: every drag has a way without one. */
export function OpenButtons({ isCompact }: { readonly isCompact: boolean }) {
  const { trySample, openFiles } = useActions();
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const pick = (input: HTMLInputElement): void => {
    const files = filesOf(input.files ?? []);
    input.value = ""; // so that the same file can be chosen again
    void openFiles(files);
  };
  return (
    <div className="open-buttons">
      <Button className={isCompact ? "button" : "button primary large"} onPress={() => void trySample()}>
        Try the sample
      </Button>
      <Button className={isCompact ? "button" : "button large"} onPress={() => fileInput.current?.click()}>
        Choose files
      </Button>
      <Button className={isCompact ? "button" : "button large"} onPress={() => folderInput.current?.click()}>
        Choose a folder
      </Button>
      <input
        ref={fileInput}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        aria-label="Model and image files"
        onChange={(e) => pick(e.currentTarget)}
      />
      <input
        ref={folderInput}
        type="file"
        multiple
        hidden
        data-testid="folder-input"
        aria-label="Folder with a model or images"
        {...{ webkitdirectory: "" }}
        onChange={(e) => pick(e.currentTarget)}
      />
    </div>
  );
}
