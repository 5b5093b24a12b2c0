import { parseCursor, type LogPosition } from '../../../shared/cursor.ts';

/**
 * A place in a log that never was. An EventSource hides the place that a stream begins at; beginning "now" again would hide
 * what came in between, and this is answered with a reset.
 */
export const unknownPlace = '00000000-0000-7000-8000-000000000000:0';

/** Negative when `a` comes first. An epoch sorts by the time when it began. */
export function comparePlaces(a: LogPosition, b: LogPosition): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return a.seq - b.seq;
}

/** The first of some cursors, or the last; null when there is none. */
export function extremePlace(cursors: readonly string[], which: 'first' | 'last'): string | null {
  const sorted = cursors
    .flatMap((cursor) => {
      const position = parseCursor(cursor);
      return position ? [{ cursor, position }] : [];
    })
    .sort((a, b) => comparePlaces(a.position, b.position));
  return sorted.at(which === 'first' ? 0 : -1)?.cursor ?? null;
}

/** True for a later place of the same epoch: places of two epochs cannot be compared by what they cover. */
export function isAfter(cursor: string, other: string): boolean {
  const [one, two] = [parseCursor(cursor), parseCursor(other)];
  return one !== null && two !== null && one.epoch === two.epoch && one.seq > two.seq;
}

/** True for the same place or a later one of its epoch. */
export function isAtOrAfter(cursor: string, other: string): boolean {
  return cursor === other || isAfter(cursor, other);
}

/** False for somebody who is nowhere yet, or at a place that was never told. */
export function isKnownPlace(position: string | null): position is string {
  return position !== null && position !== unknownPlace;
}

/** Also true for somebody who is nowhere yet: he begins with whatever comes. */
export function isSameEpoch(cursor: string, position: string | null): boolean {
  return !isKnownPlace(position) || parseCursor(cursor)?.epoch === parseCursor(position)?.epoch;
}
