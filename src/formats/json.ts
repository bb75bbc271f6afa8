/**
 * JSON with what JSON.parse hides: duplicate keys (it keeps the last one silently) and where the first value ends.
 * Safetensors forbids duplicate keys, because two readers could take different tensors from one file.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first key that occurs twice in one object, at any depth, or null. `text` must be valid JSON. */
export function duplicateKey(text: string): string | null {
  const keysOfOpenObjects: (Set<string> | null)[] = []; // null stands for an open array
  let keyExpected = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const end = stringEnd(text, i);
      const keys = keysOfOpenObjects.at(-1);
      if (keyExpected && keys) {
        const key = JSON.parse(text.slice(i, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
        keyExpected = false;
      }
      i = end - 1;
    } else if (character === "{") {
      keysOfOpenObjects.push(new Set());
      keyExpected = true;
    } else if (character === "[") {
      keysOfOpenObjects.push(null);
      keyExpected = false;
    } else if (character === "}" || character === "]") {
      keysOfOpenObjects.pop();
      keyExpected = false;
    } else if (character === ",") {
      keyExpected = keysOfOpenObjects.at(-1) instanceof Set;
    }
  }
  return null;
}

/** Index after the object that starts at text[0], or null when `text` ends before it closes. */
export function objectEnd(text: string): number | null {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') i = stringEnd(text, i) - 1;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return i + 1;
  }
  return null;
}

/** Index after the closing quote of the string that opens at `start` (the end of the text when it never closes). */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}
