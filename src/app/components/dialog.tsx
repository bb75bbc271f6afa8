import { useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";

/** A modal on the browser's own <dialog>: focus trap, Escape and inert background come with it. The whole dialog scrolls, so that its Close button lies inside what scrolls. */
export function Dialog(props: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (props.isOpen && element?.open === false) element.showModal();
    if (!props.isOpen && element?.open === true) element.close();
  }, [props.isOpen]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={props.onClose}>
      {props.isOpen && (
        <>
          <div className="dialog-head">
            <h2 id={titleId}>{props.title}</h2>
            <Button className="button quiet" onPress={props.onClose}>
              Close
            </Button>
          </div>
          <div className="dialog-body">{props.children}</div>
        </>
      )}
    </dialog>
  );
}
