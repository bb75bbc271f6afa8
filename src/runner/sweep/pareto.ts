/** A choice between two things that both should be small: bytes (or milliseconds) and error. */
export interface Point {
  readonly cost: number;
  readonly error: number;
}

/** Which points nobody beats: no other is at most as costly and at most as wrong, and better in one of the two. */
export function paretoFront(points: readonly Point[]): boolean[] {
  return points.map(
    (point) =>
      !points.some(
        (other) => other.cost <= point.cost && other.error <= point.error && (other.cost < point.cost || other.error < point.error),
      ),
  );
}
