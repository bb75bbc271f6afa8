import type { LevelPictureData } from "../results/level-layout.ts";
import { LevelPicture } from "./level-picture.tsx";
import { Measured } from "./measured.tsx";

/** The levels of one tensor over its values, as wide as there is room. */
export function LevelFigure(props: LevelPictureData & { readonly name: string }) {
  return <Measured>{(width) => <LevelPicture {...props} width={width} />}</Measured>;
}
