/** When a buffer-sized value lives. */
export interface Lifetime {
  readonly name: string;
  readonly sizeBytes: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/**
 * Give every value a slot such that values whose lifetimes overlap never share one: walk in order of birth, take the free slot
 * that fits most tightly, or grow the largest free one, or open a new one. A value read by a step still lives during it, so that
 * no dispatch reads and writes one buffer.
 */
export function assignSlots(lifetimes: readonly Lifetime[]): { slotOf: ReadonlyMap<string, number>; slots: readonly number[] } {
  const slots: number[] = [];
  const busyUntil: number[] = [];
  const slotOf = new Map<string, number>();
  const ordered = [...lifetimes].sort((a, b) => a.firstStep - b.firstStep || b.sizeBytes - a.sizeBytes);
  for (const { name, sizeBytes, firstStep, lastStep } of ordered) {
    const free = slots.map((_, slot) => slot).filter((slot) => busyUntil[slot] < firstStep);
    const fitting = free.filter((slot) => slots[slot] >= sizeBytes).sort((a, b) => slots[a] - slots[b]);
    const largest = free.sort((a, b) => slots[b] - slots[a]);
    const slot = fitting[0] ?? largest[0] ?? slots.length;
    slots[slot] = Math.max(slots[slot] ?? 0, sizeBytes);
    busyUntil[slot] = lastStep;
    slotOf.set(name, slot);
  }
  return { slotOf, slots };
}
