/** Text that becomes part of HTML: names of files, classes and models come from outside and may hold anything. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** JSON inside a script element: nothing in it may end the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "number" && !Number.isFinite(each) ? String(each) : each))
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
