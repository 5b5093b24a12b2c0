import { maySend } from './judgeTurn.ts';
import type { OutboxLine } from './outboxLine.ts';
import type { OutboxContent, OutboxEdit } from './outboxStore.ts';
import type { Tabs } from './tabs.ts';

/** What a look at all lines has found. `hasOthers`: there is something that somebody has to look at again. */
export interface SweptLines {
  readonly lines: readonly OutboxLine[];
  readonly adopted: readonly OutboxLine[];
  readonly hasOthers: boolean;
}

/** An answer stays at least so long, for a save that is being typed in another tab while it comes; and at most a day. */
const [keepAnswerMs, longestAnswerMs] = [60_000, 86_400_000];

/** Takes over the saves of dead tabs, and removes the answers that everybody has followed. */
export async function sweepLines(of: {
  readonly change: <T>(record: null, work: (content: OutboxContent) => OutboxEdit<T>) => Promise<T>;
  readonly tabs: Tabs;
  readonly tab: string;
  readonly user: string | null;
  readonly nowMs: number;
  /** Whether a part of its chain is here: the rest is taken over when that is gone, so that no chain is out of its order. */
  readonly isKept: (line: OutboxLine) => boolean;
}): Promise<SweptLines> {
  const { tab, user } = of;
  const seen = await of.change(null, ({ lines }) => ({ value: lines }));
  // Asked after their lines were read: a tab lives before it writes its first line, so none of these is merely young.
  const living = await of.tabs.living();
  const mayAdopt = of.tabs.isVisible() || living.size <= 1;
  const dead = new Set(seen.map(({ owner }) => owner).filter((owner) => owner !== tab && !living.has(owner)));
  return of.change(null, ({ lines, session }) => {
    const isOrphan = (line: OutboxLine) =>
      line.status !== 'done' &&
      maySend(line.user, session, user) &&
      !of.isKept(line) &&
      (line.owner === tab || (mayAdopt && dead.has(line.owner)));
    const adopted = lines.filter(isOrphan).map((line) => ({ ...line, owner: tab, status: resumed(line.status) }));
    const over = lines.filter((line) => isFollowed(line, lines, of.nowMs));
    const left = lines.filter((line) => !over.includes(line));
    return {
      value: { lines: left, adopted, hasOthers: left.some((line) => line.owner !== tab || line.status === 'done') },
      put: adopted,
      remove: over.map((line) => line.order),
    };
  });
}

function resumed(status: OutboxLine['status']): OutboxLine['status'] {
  return status === 'sending' ? 'waiting' : status;
}

function isFollowed(done: OutboxLine, lines: readonly OutboxLine[], nowMs: number): boolean {
  if (done.answer === null) return false;
  const ageMs = Math.abs(nowMs - done.answer.atMs);
  if (ageMs < keepAnswerMs || ageMs > longestAnswerMs) return ageMs > longestAnswerMs;
  return !lines.some(
    (line) =>
      line.status !== 'done' &&
      line.request === null &&
      line.user === done.user &&
      line.record === done.record &&
      line.origin !== done.origin &&
      !line.followed.includes(done.id),
  );
}
