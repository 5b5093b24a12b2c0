import type { JsonObject } from '../../shared/json.ts';
import type { SyncResult } from './createRealtimeSyncService.ts';
import { overlay } from './overlay.ts';
import type { PendingSave } from './pendingSave.ts';
import { isRecordRoute, recordKeyOf } from './recordUrl.ts';
import { rebaseSave } from './rebaseSave.ts';
import { settleConflict } from './settleConflict.ts';

/** How a person decides a conflict: an object sets its members. */
export type ConflictChoice = 'mine' | 'theirs' | JsonObject;

/** Prepares a conflicting save to be sent again as decided; returns the result where nothing has to be sent. */
export function resolveSave(
  saves: readonly PendingSave[],
  save: PendingSave,
  choice: ConflictChoice,
): SyncResult | null {
  const { current } = save;
  if (choice === 'theirs' && (current === null || save.method === 'DELETE')) {
    return {
      outcome: current === null ? 'deleted' : 'unchanged',
      record: current,
      etag: current === null ? null : save.etag,
    };
  }
  if (save.method === 'DELETE') return null; // Its ETag is that of `current` already.
  if (current === null) {
    bringBack(save, typeof choice === 'string' ? {} : choice);
    return null;
  }
  const settled = settleConflict(save, current, choice);
  // What was typed after the conflict saw the old form; seen from the decision it holds only what is new in it.
  const decided = overlay(current, settled.data);
  for (const later of saves.slice(saves.indexOf(save) + 1)) {
    if (later.request !== null || later.blind || later.method === 'DELETE') continue;
    const { data, base } = rebaseSave(later, save.before ?? save, decided);
    later.data = data;
    later.base = base;
  }
  save.data = settled.data;
  save.before = null;
  save.base = settled.base;
  save.unset = settled.unset;
  return null;
}

/** A deleted record comes back by being created again under its id, whole as far as it is known, with what was typed. */
function bringBack(save: PendingSave, choice: JsonObject): void {
  const path = recordKeyOf(save.url);
  const slash = path.lastIndexOf('/');
  if (isRecordRoute(path) && slash > '/api'.length) {
    save.method = 'POST';
    save.url = path.slice(0, slash);
    save.data = {
      ...overlay(overlay(save.base ?? {}, save.data), choice),
      id: decodeURIComponent(path.slice(slash + 1)),
    };
    save.unset = [];
  } else {
    save.data = overlay(save.data, choice);
    save.blind = true;
  }
  save.base = null;
}
