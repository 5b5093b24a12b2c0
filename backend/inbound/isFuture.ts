/** How far the clock that dates something may be ahead of the one that it is compared with: as much as of a signature, in milliseconds. */
const toleranceMs = 5 * 60 * 1000;

/**
 * True for a time that has not come. Taken over, it would be newer than everything that happens until then, also than a deletion; one
 * in microseconds is the usual case.
 *
 * Units   milliseconds since 1970
 */
export function isFuture(at: number, now: number): boolean {
  return at > now + toleranceMs;
}
