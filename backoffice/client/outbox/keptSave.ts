import type { SyncResult } from '../createRealtimeSyncService.ts';
import type { PendingSave } from '../pendingSave.ts';
import { keptParts, type OutboxLine } from './outboxLine.ts';

/** What the keeper knows of one save of its queue. */
export interface KeptSave {
  readonly save: PendingSave;
  /** Null until somebody is signed in. */
  user: string | null;
  /** The chain that it belongs to; of one that was typed here it is given when it is written first. */
  origin: string;
  /** Taken over with its line, so that its text was never in a form of this page. */
  readonly isAdopted: boolean;
  /** When each field was typed last, and what it held then. */
  readonly places: Record<string, number>;
  readonly placed: Map<string, string>;
  readonly followed: Set<string>;
  /** Its parts as they were written last; null when no line exists. */
  written: string | null;
  /** The sign-ins that there had been at its last try. */
  turn: number;
  answer: OutboxLine['answer'];
}

/** Starts to keep a save that was typed in this tab, or one that was taken over with its line. */
export function createKeptSave(save: PendingSave, of: Pick<KeptSave, 'user' | 'origin' | 'isAdopted'>): KeptSave {
  return { save, ...of, places: {}, placed: new Map(), followed: new Set(), written: null, turn: 0, answer: null };
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
    places: { ...kept.places },
    user: user ?? '',
    origin,
    owner,
    status: answer === null ? save.status : 'done',
    followed: [...kept.followed],
    answer,
  };
}

/** Its parts in one string, to see whether the line is still right. */
export function printOf(kept: KeptSave): string {
  return JSON.stringify(toLine(kept, '', 0));
}
