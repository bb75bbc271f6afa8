/** The bytes of a pickle from one position on: little-endian numbers, lines and lengths, each checked against the end. */
export class PickleError extends Error {}

export class PickleReader {
  position = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next `count` bytes. */
  take(count: number): Uint8Array {
    if (!Number.isSafeInteger(count) || count < 0 || count > this.bytes.length - this.position) {
      throw new PickleError(`it ends at byte ${this.bytes.length}, inside a value of ${count} bytes that starts at ${this.position}`);
    }
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  u8(): number {
    return this.take(1)[0];
  }

  u16(): number {
    this.take(2);
    return this.view.getUint16(this.position - 2, true);
  }

  u32(): number {
    this.take(4);
    return this.view.getUint32(this.position - 4, true);
  }

  i32(): number {
    this.take(4);
    return this.view.getInt32(this.position - 4, true);
  }

  u64(): number {
    this.take(8);
    return Number(this.view.getBigUint64(this.position - 8, true));
  }

  /** Big-endian, as the format has it for floats alone. */
  f64(): number {
    this.take(8);
    return this.view.getFloat64(this.position - 8, false);
  }

  /** Up to the next newline, which is consumed. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) throw new PickleError(`a line that starts at byte ${this.position} has no end`);
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  /** Two's complement, little-endian: a number where it is exact, else a bigint. */
  integer(length: number): number | bigint {
    let value = 0n;
    // Longer integers occur in no checkpoint (the longest is the 10-byte magic number), and shifting them would cost quadratic time.
    if (length > 64) throw new PickleError(`an integer of ${length} bytes`);
    const bytes = this.take(length);
    bytes.forEach((byte, i) => (value |= BigInt(byte) << BigInt(8 * i)));
    if (length > 0 && bytes[length - 1] & 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
}
