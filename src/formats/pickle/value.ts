/** What a pickle describes, as plain data: nothing in it was ever called or constructed. Lists, tuples and sets are arrays. */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleValue[] | PickleDict | PickleGlobal | PickleObject;

/** A dict with its keys in order; keys of state dicts are strings. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
}

/** The name of a class or function: "torch.FloatStorage". */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a call or an instance was described by: the name of the callable, its arguments, and the state set afterwards. */
export class PickleObject {
  readonly name: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;
  /** Items of subclasses of dict and list (OrderedDict with attributes). */
  readonly items = new PickleDict();
  constructor(name: string, args: readonly PickleValue[]) {
    this.name = name;
    this.args = args;
  }
}

/** The entries of a dict or of an object that was filled like one; null for other values. */
export function entriesOf(value: PickleValue): ReadonlyMap<PickleValue, PickleValue> | null {
  if (value instanceof PickleDict) return value.entries;
  return value instanceof PickleObject && value.items.entries.size > 0 ? value.items.entries : null;
}

/** The value under a text key, or undefined. */
export function field(value: PickleValue, key: string): PickleValue | undefined {
  return entriesOf(value)?.get(key);
}
