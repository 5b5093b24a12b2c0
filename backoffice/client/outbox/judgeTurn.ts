import type { OutboxContent, OutboxSession } from './outboxStore.ts';
import type { KeptSave } from './keptSave.ts';

/** go: it may be sent · wait: another one first, or nobody is signed in · lost: another tab has it, or it was given up */
export type TurnVerdict = 'go' | 'wait' | 'lost';

/**
 * Says whether a save may be sent now.
 *
 * The oldest line of a record that waits, is being sent or is in conflict is the lock of that record: it is looked at in the
 * transaction that freezes the request, so two tabs never pass together, on plain http neither. What has failed holds nobody up.
 */
export function judgeTurn(
  kept: KeptSave,
  content: OutboxContent,
  of: { tab: string; user: string | null },
): TurnVerdict {
  const { save } = kept;
  const line = content.lines.find(({ id }) => id === save.id);
  if (kept.written === null ? false : line?.owner !== of.tab) return 'lost';
  if (!maySend(kept.user, content.session, of.user)) return 'wait';
  const order = line?.order ?? Number.POSITIVE_INFINITY;
  const isHeldUp = content.lines.some((other) => {
    if (other.id === save.id || other.user !== kept.user || other.record !== save.record) return false;
    if (other.status === 'sending') return true;
    return other.order < order && (other.status === 'waiting' || other.status === 'conflict');
  });
  return isHeldUp ? 'wait' : 'go';
}

/** Only while the person of the save is signed in, as this page and as all tabs know it. */
export function maySend(user: string | null, session: OutboxSession, here: string | null): boolean {
  return user !== null && user === here && user === session.user && !session.isExpired;
}
