import type { SyncResult } from '../createRealtimeSyncService.ts';
import type { PendingSave } from '../pendingSave.ts';
import { keptParts, type OutboxLine } from './outboxLine.ts';

/** What the keeper knows of one save of its queue. */
export interface KeptSave {
  readonly save: PendingSave;
  /** Null until somebody is signed in. */
  user: string | null;
  readonly origin: string;
  readonly followed: Set<string>;
  /** Its parts as they were written last; null when no line exists. */
  written: string | null;
  /** The sign-ins that there had been at its last try. */
  turn: number;
  answer: OutboxLine['answer'];
}

/** Starts to keep a save that was typed in this tab, or one that was taken over with its line. */
export function createKeptSave(save: PendingSave, of: { user: string | null; origin: string }): KeptSave {
  return { save, ...of, followed: new Set(), written: null, turn: 0, answer: null };
}

/** Writes down what an answer said, for those who have not followed it. */
export function answerOf(result: SyncResult, nowMs: number): OutboxLine['answer'] {
  return { result, atMs: nowMs };
}

/** The line of a save as it is now. */
export function toLine(kept: KeptSave, owner: string, order: number): OutboxLine {
  const { save, user, origin, answer } = kept;
  const parts = Object.fromEntries(keptParts.map((part) => [part, save[part]])) as Pick<
    PendingSave,
    (typeof keptParts)[number]
  >;
  return {
    ...parts,
    order,
    user: user ?? '',
    origin,
    owner,
    status: answer === null ? save.status : 'done',
    followed: [...kept.followed],
    answer,
  };
}

/**
 * Where a save stands among those of other tabs: text that joined it later is as late as that, or an edit of another tab that
 * came in between would count as the newer one.
 */
export function placeOf(kept: KeptSave, line: OutboxLine | undefined, lines: readonly OutboxLine[]): number {
  if (!line || line.request !== null || JSON.stringify(line.typed) === JSON.stringify(kept.save.typed))
    return line?.order ?? 0;
  const isOvertaken = lines.some(
    ({ order, origin, user }) => order > line.order && origin !== kept.origin && user === line.user,
  );
  return isOvertaken ? 0 : line.order;
}

/** Its parts in one string, to see whether the line is still right. */
export function printOf(kept: KeptSave): string {
  return JSON.stringify(toLine(kept, '', 0));
}
