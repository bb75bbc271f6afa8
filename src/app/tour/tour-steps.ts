import type { Side } from "../results/image-rows.ts";
import type { PanelName } from "../store/view-slice.ts";

export interface TourStep {
  readonly title: string;
  readonly text: string;
  readonly panel: PanelName;
  /** Of the element that the step is about; it is outlined and brought into sight. */
  readonly selector: string;
  readonly side?: Side;
}

/** Five short steps over the sample: what happened, to what, where, what to change, what to take away. */
export const TOUR_STEPS: readonly TourStep[] = [
  {
    title: "One sentence",
    text: "The sample ran in float, with naive 4-bit codes, and with a method made for Vision Transformers. The sentence says how many predictions survived.",
    panel: "compare",
    selector: "[data-testid='verdict']",
    side: "main",
  },
  {
    title: "Naive, then better",
    text: "Switch between the two quantized models; everything below follows. This is what the method is worth at the same number of bits.",
    panel: "compare",
    selector: "[data-testid='side']",
    side: "baseline",
  },
  {
    title: "Where it is lost",
    text: "Every cell is a tensor of the network, darker where more was lost. The ring marks where most of the loss enters.",
    panel: "compare",
    selector: "[data-testid='error-strip']",
    side: "main",
  },
  {
    title: "Change something",
    text: "Choose other bits or one of more than twenty methods, then run again: press r from anywhere.",
    panel: "recipe",
    selector: "[data-testid='controls']",
  },
  {
    title: "Your own model",
    text: "Drop a Vision Transformer and some images anywhere on this page. They stay on this computer. Keys 1 to 9 lead to the panels, ? lists all keys.",
    panel: "open",
    selector: "[data-testid='open-card']",
  },
];

const KEY = "vitrine-tour";

export function isTourLeft(storage: Pick<Storage, "getItem"> | null): boolean {
  try {
    return storage === null || storage.getItem(KEY) !== null;
  } catch {
    return true; // it could not be remembered that somebody left
  }
}

export function leaveTour(storage: Pick<Storage, "setItem"> | null): void {
  try {
    storage?.setItem(KEY, "left");
  } catch {
    // storage is full: it may come once more
  }
}
