/** Apart from the rest, so that the first screen need not load it. */
export const PREFIX = "#v1=";

export function isShareHash(hash: string): boolean {
  return hash.startsWith(PREFIX);
}
