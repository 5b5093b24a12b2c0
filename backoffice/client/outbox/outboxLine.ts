import type { SyncResult } from '../createRealtimeSyncService.ts';
import type { PendingSave } from '../pendingSave.ts';

/** The parts of a save that are kept. */
export const keptParts = [
  'id',
  'record',
  'url',
  'method',
  'keep',
  'notify',
  'addedAt',
  'typed',
  'data',
  'before',
  'base',
  'blind',
  'unset',
  'etag',
  'key',
  'request',
  'problem',
  'conflicts',
  'current',
] as const satisfies readonly (keyof PendingSave)[];

/**
 * One save as the outbox keeps it: whole, so that another tab can go on with it.
 *
 * Shape   `order` counts over all tabs, 0 until the store has given one, and is its turn; `places` says of each field when it was
 *         typed last; `origin` names the chain of one form, `owner` the tab that sends it and alone writes the line; `followed`
 *         the ids of stored saves that it has been rebased on
 */
export interface OutboxLine extends Pick<PendingSave, (typeof keptParts)[number]> {
  readonly order: number;
  readonly places: Readonly<Record<string, number>>;
  readonly user: string;
  readonly origin: string;
  readonly owner: string;
  readonly status: PendingSave['status'] | 'done';
  readonly followed: readonly string[];
  /** Of a stored save: what it was answered, for saves of other tabs that have not followed it; `atMs` when. */
  readonly answer: { readonly result: SyncResult; readonly atMs: number } | null;
}

/** Makes the save of a page out of a line; one that was on its way is to be sent again. */
export function toPendingSave(line: OutboxLine): PendingSave {
  const parts = Object.fromEntries(keptParts.map((part) => [part, line[part]])) as Pick<
    PendingSave,
    (typeof keptParts)[number]
  >;
  const status = line.status === 'sending' || line.status === 'done' ? 'waiting' : line.status;
  return { ...parts, status, waiters: [], gone: new AbortController(), wake: null, flush: null, touch: null };
}
