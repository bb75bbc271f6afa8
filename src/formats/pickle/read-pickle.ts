/**
 * A reader of Python pickles (protocols 0 to 5, https://github.com/python/cpython/blob/main/Lib/pickletools.py) that builds a description
 * and runs nothing: REDUCE, NEWOBJ and BUILD record what they would have called. Names outside `isKnownGlobal` end the reading.
 * Work and memory are bounded by the length of the input: every instruction consumes at least a byte and shares what it refers to.
 */
import { isKnownGlobal } from "./globals.ts";
import { PickleError, PickleReader } from "./reader.ts";
import { PickleDict, PickleGlobal, PickleObject, type PickleValue } from "./value.ts";

/** A name that is not data: the checkpoint carries code. */
export class UnknownGlobalError extends Error {
  readonly global: string;
  constructor(global: string) {
    super(global);
    this.global = global;
  }
}

export interface PickleResult {
  readonly value: PickleValue;
  /** Bytes consumed; another pickle may follow. */
  readonly length: number;
}

/** Throws PickleError or UnknownGlobalError. Persistent ids become objects named "persistent". */
export function readPickle(bytes: Uint8Array): PickleResult {
  const reader = new PickleReader(bytes);
  const machine = new Machine(reader);
  for (;;) {
    const at = reader.position;
    const opcode = reader.u8();
    if (opcode === STOP) return { value: machine.pop(), length: reader.position };
    const instruction = instructions.get(opcode);
    if (!instruction) throw new PickleError(`unknown instruction ${opcode} at byte ${at}`);
    instruction(machine, reader);
  }
}

const STOP = ".".charCodeAt(0);

/** The stack, the stacks below each mark, and the memo. */
class Machine {
  private stack: PickleValue[] = [];
  private readonly marked: PickleValue[][] = [];
  readonly memo = new Map<number, PickleValue>();
  private readonly reader: PickleReader;
  constructor(reader: PickleReader) {
    this.reader = reader;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw new PickleError(`the stack is empty at byte ${this.reader.position}`);
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    this.marked.push(this.stack);
    this.stack = [];
  }

  popMark(): PickleValue[] {
    const below = this.marked.pop();
    if (!below) throw new PickleError(`no mark is set at byte ${this.reader.position}`);
    const items = this.stack;
    this.stack = below;
    return items;
  }

  /** POP takes an item, or the mark where nothing lies above it. */
  drop(): void {
    if (this.stack.length > 0) this.stack.pop();
    else this.popMark();
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleError(`memo ${index} is empty at byte ${this.reader.position}`);
    this.push(value);
  }
}

function findGlobal(module: string, name: string): PickleGlobal {
  const full = `${module}.${name}`;
  if (!isKnownGlobal(full)) throw new UnknownGlobalError(full);
  return new PickleGlobal(full);
}

function call(callee: PickleValue, args: PickleValue): PickleValue {
  if (!(callee instanceof PickleGlobal)) throw new PickleError("something that is not a name is called");
  if (!Array.isArray(args)) throw new PickleError(`${callee.name} is called without a tuple of arguments`);
  // An empty OrderedDict is filled by the instructions that follow; so is any other container.
  return callee.name === "collections.OrderedDict" && args.length === 0 ? new PickleDict() : new PickleObject(callee.name, args);
}

function setItems(target: PickleValue, pairs: readonly PickleValue[]): void {
  const dict = target instanceof PickleObject ? target.items : target;
  if (!(dict instanceof PickleDict) || pairs.length % 2 !== 0) throw new PickleError("items are set on something that is not a dict");
  for (let i = 0; i < pairs.length; i += 2) dict.entries.set(pairs[i], pairs[i + 1]);
}

function append(target: PickleValue, items: readonly PickleValue[]): void {
  const list = Array.isArray(target) ? target : null;
  if (list) for (const item of items) list.push(item);
  // Subclasses of list keep nothing that weights need.
  else if (!(target instanceof PickleObject)) throw new PickleError("items are appended to something that is not a list");
}

function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof PickleObject) target.state = state;
  // An OrderedDict with attributes (torch's `_metadata`): they say nothing about weights.
  else if (!(target instanceof PickleDict)) throw new PickleError("state is set on something that has none");
}

function decimal(text: string): number | bigint {
  if (text === "00" || text === "01") return Number(text); // protocol 0 writes False and True so; 0 and 1 serve
  if (!/^-?\d{1,40}L?$/.test(text)) throw new PickleError(`"${text.slice(0, 40)}" is not an integer`);
  const value = BigInt(text.replace(/L$/, ""));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function quoted(text: string): string {
  return /^(['"]).*\1$/.test(text) ? text.slice(1, -1) : text;
}

type Instruction = (machine: Machine, reader: PickleReader) => void;

function pushes(read: (reader: PickleReader) => PickleValue): Instruction {
  return (machine, reader) => machine.push(read(reader));
}

function dictOf(pairs: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  setItems(dict, pairs);
  return dict;
}

const table: readonly (readonly [opcode: string | number, Instruction])[] = [
  [0x80, (_, reader) => void reader.u8()], // PROTO
  [0x95, (_, reader) => void reader.u64()], // FRAME
  ["(", (machine) => machine.mark()],
  ["0", (machine) => machine.drop()],
  ["1", (machine) => void machine.popMark()],
  ["2", (machine) => machine.push(machine.top())],
  ["N", pushes(() => null)],
  [0x88, pushes(() => true)],
  [0x89, pushes(() => false)],
  ["I", pushes((reader) => decimal(reader.line()))],
  ["L", pushes((reader) => decimal(reader.line()))],
  ["F", pushes((reader) => Number(reader.line()))],
  ["G", pushes((reader) => reader.f64())],
  ["J", pushes((reader) => reader.i32())],
  ["K", pushes((reader) => reader.u8())],
  ["M", pushes((reader) => reader.u16())],
  [0x8a, pushes((reader) => reader.integer(reader.u8()))],
  [0x8b, pushes((reader) => reader.integer(reader.u32()))],
  ["S", pushes((reader) => quoted(reader.line()))],
  ["V", pushes((reader) => reader.line())],
  ["T", pushes((reader) => reader.text(reader.u32()))],
  ["U", pushes((reader) => reader.text(reader.u8()))],
  ["X", pushes((reader) => reader.text(reader.u32()))],
  [0x8c, pushes((reader) => reader.text(reader.u8()))],
  [0x8d, pushes((reader) => reader.text(reader.u64()))],
  ["B", pushes((reader) => reader.take(reader.u32()))],
  ["C", pushes((reader) => reader.take(reader.u8()))],
  [0x8e, pushes((reader) => reader.take(reader.u64()))],
  [0x96, pushes((reader) => reader.take(reader.u64()))],
  ["]", pushes(() => [])],
  ["}", pushes(() => new PickleDict())],
  [")", pushes(() => [])],
  [0x8f, pushes(() => [])],
  ["l", (machine) => machine.push(machine.popMark())],
  ["t", (machine) => machine.push(machine.popMark())],
  [0x91, (machine) => machine.push(machine.popMark())],
  ["d", (machine) => machine.push(dictOf(machine.popMark()))],
  [0x85, (machine) => machine.push([machine.pop()])],
  [0x86, (machine) => machine.push([machine.pop(), machine.pop()].toReversed())],
  [0x87, (machine) => machine.push([machine.pop(), machine.pop(), machine.pop()].toReversed())],
  [
    "a",
    (machine) => {
      const item = machine.pop();
      append(machine.top(), [item]);
    },
  ],
  [
    "e",
    (machine) => {
      const items = machine.popMark();
      append(machine.top(), items);
    },
  ],
  [
    0x90,
    (machine) => {
      const items = machine.popMark();
      append(machine.top(), items);
    },
  ],
  [
    "s",
    (machine) => {
      const pair = [machine.pop(), machine.pop()].toReversed();
      setItems(machine.top(), pair);
    },
  ],
  [
    "u",
    (machine) => {
      const pairs = machine.popMark();
      setItems(machine.top(), pairs);
    },
  ],
  ["g", (machine, reader) => machine.recall(Number(decimal(reader.line())))],
  ["h", (machine, reader) => machine.recall(reader.u8())],
  ["j", (machine, reader) => machine.recall(reader.u32())],
  ["p", (machine, reader) => void machine.memo.set(Number(decimal(reader.line())), machine.top())],
  ["q", (machine, reader) => void machine.memo.set(reader.u8(), machine.top())],
  ["r", (machine, reader) => void machine.memo.set(reader.u32(), machine.top())],
  [0x94, (machine) => void machine.memo.set(machine.memo.size, machine.top())],
  ["c", (machine, reader) => machine.push(findGlobal(reader.line(), reader.line()))],
  [
    0x93,
    (machine) => {
      const [name, module] = [machine.pop(), machine.pop()];
      if (typeof name !== "string" || typeof module !== "string") throw new PickleError("a global's name is not a text");
      machine.push(findGlobal(module, name));
    },
  ],
  [
    "R",
    (machine) => {
      const args = machine.pop();
      machine.push(call(machine.pop(), args));
    },
  ],
  [
    0x81,
    (machine) => {
      const args = machine.pop();
      machine.push(call(machine.pop(), args));
    },
  ],
  [
    0x92,
    (machine) => {
      machine.pop(); // keyword arguments
      const args = machine.pop();
      machine.push(call(machine.pop(), args));
    },
  ],
  ["i", (machine, reader) => machine.push(call(findGlobal(reader.line(), reader.line()), machine.popMark()))],
  [
    "o",
    (machine) => {
      const [callee, ...args] = machine.popMark();
      machine.push(call(callee ?? null, args));
    },
  ],
  ["b", build],
  ["Q", (machine) => machine.push(new PickleObject("persistent", [machine.pop()]))],
  ["P", pushes((reader) => new PickleObject("persistent", [reader.line()]))],
];

const instructions: ReadonlyMap<number, Instruction> = new Map(
  table.map(([opcode, instruction]) => [typeof opcode === "string" ? opcode.charCodeAt(0) : opcode, instruction]),
);
