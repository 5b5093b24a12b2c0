import { parseCursor, type LogPosition } from '../cursor.ts';
import type { Seen, SeenStore } from './seenStore.ts';

/** Under which the last reset is kept, beside the records: no resource is called so. */
export const resetKey = 'sync.reset';

/** How long before it is signed a call may have been written, and how far the clocks of several senders may be apart, in seconds. */
const slackSeconds = 30;

/** The reset that was carried out last, or null. */
export async function readReset(store: SeenStore): Promise<Seen | null> {
  return (await store.get(resetKey)) ?? null;
}

/**
 * What is kept of a reset: the place up to which the site has read everything, and, as its version, until when a call may have been
 * signed that was on its way meanwhile. An older reset that comes late takes nothing back.
 *
 * Units   signedAt seconds since 1970, of the reset itself; tookMs milliseconds
 */
export function resetMark(
  last: Seen | null,
  reset: {
    readonly messageId: string;
    readonly cursors: readonly (string | null | undefined)[];
    readonly signedAt: number;
    readonly tookMs: number;
  },
): Seen {
  const cursor = [last?.cursor, ...reset.cursors].reduce<string>(
    (a, b) => (typeof b === 'string' && isAfter(b, a) ? b : a),
    '',
  );
  const until = Math.ceil(reset.signedAt + Math.max(0, reset.tookMs) / 1000) + slackSeconds;
  return { cursor, version: Math.max(until, last?.version ?? 0), messageId: reset.messageId, shown: null };
}

/**
 * True for a call that was on its way while the site read everything: what it says is in what was read, or older. What is told
 * again later, because somebody asked for it, is signed later, and taken.
 */
export function isBeforeReset(mark: Seen | null, change: { readonly cursor: string }, signedAt: number): boolean {
  return mark !== null && signedAt <= mark.version && !isAfter(change.cursor, mark.cursor);
}

/** Whether the first place comes after the second; of different logs the later one. Everything comes after what is no place. */
function isAfter(cursor: string, than: string): boolean {
  const [a, b]: readonly (LogPosition | null)[] = [parseCursor(cursor), parseCursor(than)];
  if (a == null || b == null) return b == null && a != null;
  return a.epoch === b.epoch ? a.seq > b.seq : a.epoch > b.epoch;
}
