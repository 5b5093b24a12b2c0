import { parseEtag } from '../../shared/cursor.ts';
import { formatPointer } from '../../shared/merge/index.ts';
import type { SyncResult } from './createRealtimeSyncService.ts';
import type { PendingSave } from './pendingSave.ts';
import { rebaseSave } from './rebaseSave.ts';
import type { SaveAnswer } from './sendSave.ts';
import { withoutFields } from './withoutFields.ts';

/**
 * Tells the other saves of a record what became of one of them, and returns those that have nothing left to say.
 *
 * Later   those that were never sent are rebased on the answer
 * Earlier those that failed lose the fields that this newer save has set: sending them again must not bring old values back.
 *         `newKey` null: nothing was saved, so nothing is taken from them
 */
export function followAnswer(
  saves: readonly PendingSave[],
  done: PendingSave,
  result: SyncResult,
  newKey: (() => string) | null,
): readonly PendingSave[] {
  const at = saves.indexOf(done);
  for (const later of saves.slice(at + 1)) if (later.request === null && !later.blind) rebaseLater(later, done, result);
  return newKey === null
    ? []
    : saves.slice(0, at).filter((earlier) => earlier.status === 'failed' && supersede(earlier, done, newKey));
}

/** Writes a definite no into a save: what was typed stays, and it may change again, under a new key. */
export function settleRefusal(
  save: PendingSave,
  answer: Extract<SaveAnswer, { kind: 'refused' | 'conflict' }>,
  newKey: string,
): void {
  save.problem = answer.problem;
  save.status = answer.kind === 'conflict' ? 'conflict' : 'failed';
  // After a 5xx nobody knows whether it was stored: the same bytes have to go again under the same key.
  const isDefinite = answer.problem.status >= 400 && answer.problem.status < 500;
  if (isDefinite) {
    save.request = null;
    save.key = newKey;
  }
  if (answer.kind === 'conflict') {
    save.conflicts = answer.conflicts;
    save.current = answer.current;
    if (answer.etag !== null) save.etag = answer.etag;
  }
}

function rebaseLater(later: PendingSave, done: PendingSave, result: SyncResult): void {
  if (result.record === null) return;
  if (later.method === 'DELETE') {
    if (isNext(later.etag, result.etag)) later.etag = result.etag;
    return;
  }
  const { data, base } = rebaseSave(later, done.before ?? done, result.record, result.receipt);
  later.data = data;
  later.base = base;
  later.before = null;
}

/** Only when nobody else saved in between: a delete must not take what its author has never seen. */
function isNext(before: string | null, after: string | null): boolean {
  const from = before === null ? null : parseEtag(before);
  const to = after === null ? null : parseEtag(after);
  return from !== null && to !== null && from.epoch === to.epoch && to.version - from.version <= 1;
}

function supersede(earlier: PendingSave, done: PendingSave, newKey: () => string): boolean {
  // Gone is gone, whichever of the two did it.
  if (earlier.method === 'DELETE') return done.method === 'DELETE';
  const data = withoutFields(earlier.data, done.data);
  const unset = earlier.unset.filter(
    (pointer) =>
      !done.unset.includes(pointer) && !Object.keys(done.data).some((name) => formatPointer([name]) === pointer),
  );
  if (Object.keys(data).length === Object.keys(earlier.data).length && unset.length === earlier.unset.length) {
    if (JSON.stringify(data) === JSON.stringify(earlier.data)) return false;
  }
  earlier.data = data;
  earlier.typed = withoutFields(earlier.typed, done.data);
  earlier.unset = unset;
  earlier.request = null;
  earlier.key = newKey();
  return Object.keys(data).length === 0 && unset.length === 0;
}
