/** JSON that somebody wrote by hand: values together with where they stand, so that a fault can be shown at its line. */

export type JsonPath = readonly PropertyKey[];

export interface PlacedJson {
  readonly value: unknown;
  /** Offset of the value at a path, or of the nearest one around it that exists. */
  at(path: JsonPath): number;
}

/** What is wrong, at a character offset. */
export class JsonFault extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const DEEPEST = 40;

/** As JSON.parse reads it, but a key that comes twice is a fault. Throws JsonFault. */
export function parsePlacedJson(text: string): PlacedJson {
  const places = new Map<string, number>();
  let at = 0;

  const fail = (message: string, offset = at): never => {
    throw new JsonFault(message, offset);
  };
  const skip = (): void => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at++;
  };
  /** Of what stands between two brackets, with commas between. */
  const list = (close: string, item: () => void): void => {
    at++;
    skip();
    for (let first = true; text[at] !== close; first = false) {
      if (!first) {
        if (text[at] !== ",") fail(at < text.length ? `Expected "," or "${close}".` : `The text ends before "${close}".`);
        const comma = at++;
        skip();
        if (text[at] === close) fail(`There is nothing after this comma.`, comma);
      }
      item();
      skip();
    }
    at++;
  };
  const string = (): string => {
    const match = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    match.lastIndex = at;
    const [found] = match.exec(text) ?? fail("This string is not closed, or has a character that must be escaped.");
    at += found.length;
    return JSON.parse(found) as string;
  };
  const value = (path: string, depth: number): unknown => {
    if (depth > DEEPEST) fail("Nested too deeply.");
    skip();
    places.set(path, at);
    const char = text[at];
    if (char === "{") {
      const entries = new Map<string, unknown>();
      list("}", () => {
        const start = at;
        if (text[at] !== '"') fail("Expected a key in double quotes.");
        const key = string();
        if (entries.has(key)) fail(`"${key}" stands here twice.`, start);
        skip();
        if (text[at] !== ":") fail('Expected ":".');
        at++;
        entries.set(key, value(`${path}/${key}`, depth + 1));
      });
      return Object.fromEntries(entries);
    }
    if (char === "[") {
      const items: unknown[] = [];
      list("]", () => items.push(value(`${path}/${items.length}`, depth + 1)));
      return items;
    }
    if (char === '"') return string();
    const [literal] = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y.exec(text.slice(at)) ?? [];
    if (literal === undefined) return fail(at < text.length ? "This is no JSON value." : "The text ends before a value.");
    at += literal.length;
    return JSON.parse(literal) as unknown;
  };

  const whole = value("", 0);
  skip();
  if (at < text.length) fail("Nothing may follow here.");
  return {
    value: whole,
    at: (path) => {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get(
          path
            .slice(0, length)
            .map((part) => `/${String(part)}`)
            .join(""),
        );
        if (place !== undefined) return place;
      }
      return 0;
    },
  };
}

/** From 1, as editors count. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
