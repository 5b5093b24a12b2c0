import { formatCursor, parseCursor, type LogPosition } from '../../../shared/cursor.ts';

/** A value as a store keeps it: when it was right, and itself as JSON. */
export interface KeptValue {
  /** What was known of the log when its computation began; null where there is none. */
  readonly place: LogPosition | null;
  readonly generations: readonly string[];
  readonly text: string;
}

/** As one text. The value comes last and as it is, so that it is written and read as JSON once only. */
export function keptValue({ place, generations, text }: KeptValue): string {
  return `${place === null ? '' : formatCursor(place)} ${generations.join()}\n${text}`;
}

/** Reads it again; null for a text that is none, such as one that another program wrote. */
export function readKept(kept: string): KeptValue | null {
  const end = kept.indexOf('\n');
  const [cursor, generations] = kept.slice(0, Math.max(0, end)).split(' ');
  if (cursor === undefined || generations === undefined) return null;
  const place = cursor === '' ? null : parseCursor(cursor);
  if (cursor !== '' && place === null) return null;
  return { place, generations: generations.split(','), text: kept.slice(end + 1) };
}
