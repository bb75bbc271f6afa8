import { lazy } from "react";
import type { ComponentType, LazyExoticComponent } from "react";
import type { PanelName } from "../store/view-slice.ts";

/** A place of the laboratory: its line in the rail, and its content, loaded when somebody goes there. */
export interface PanelEntry {
  readonly name: PanelName;
  readonly title: string;
  /** The digit that leads here. */
  readonly key: string;
  /** Path of a 24 x 24 line drawing. */
  readonly icon: string;
  readonly Content: LazyExoticComponent<ComponentType>;
  /** Fetches the content ahead of its use. */
  readonly preload: () => Promise<unknown>;
}

/** `load` imports a module that exports the panel's content as `Panel`. */
export function panel(
  name: PanelName,
  title: string,
  key: string,
  icon: string,
  load: () => Promise<{ readonly Panel: ComponentType }>,
): PanelEntry {
  return { name, title, key, icon, Content: lazy(() => load().then((module) => ({ default: module.Panel }))), preload: load };
}
