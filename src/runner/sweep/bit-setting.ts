/** Bit widths of a sweep as people write them: "4/8" is 4-bit weights with 8-bit activations, "8/8/4" has attention probabilities at 4. */
import { InputError } from "../../tensor/input-error.ts";

export interface BitSetting {
  readonly weightBits: number;
  readonly activationBits: number;
  /** Absent: as activations. */
  readonly attentionBits?: number;
}

/** "8/8,6/6,4/8" -> settings, in order and without repetitions. Throws InputError USAGE. */
export function parseBitSettings(text: string): BitSetting[] {
  const names = text.split(",").map((part) => part.trim());
  return [...new Set(names)].map((name) => {
    const bits = name.split("/").map(Number);
    const usable = (bits.length === 2 || bits.length === 3) && bits.every((b) => Number.isInteger(b) && b >= 2 && b <= 8);
    if (!usable) {
      throw new InputError("USAGE", {
        what: `--bits names "${name}".`,
        why: "A setting is WEIGHTS/ACTIVATIONS or WEIGHTS/ACTIVATIONS/ATTENTION, each from 2 to 8.",
        next: "Write for example --bits 8/8,4/8,4/4 or 8/8/4.",
      });
    }
    const [weightBits, activationBits, attentionBits] = bits;
    return { weightBits, activationBits, ...(bits.length === 3 ? { attentionBits } : {}) };
  });
}

export function bitSettingName({ weightBits, activationBits, attentionBits }: BitSetting): string {
  return [weightBits, activationBits, ...(attentionBits === undefined ? [] : [attentionBits])].join("/");
}
