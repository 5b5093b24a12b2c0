import { openDB, type DBSchema } from 'idb';
import { keptDays, mostDrafts, type Draft } from './draft.ts';

/** The drafts of all tabs of one browser. */
export interface DraftStore {
  put(draft: Draft): Promise<void>;
  remove(id: string): Promise<void>;
  /** The drafts of one user at one place, the newest first. */
  find(user: string, place: string): Promise<readonly Draft[]>;
}

interface DraftSchema extends DBSchema {
  drafts: { key: string; value: Draft; indexes: { place: [string, string]; atMs: number } };
}

const dayMs = 86_400_000;

/**
 * Opens the drafts in IndexedDB, and removes those that are too old or too many.
 *
 * Errors  rejects where the browser allows no database, as in some private windows
 */
export async function openDraftStore(name: string, nowMs: number): Promise<DraftStore> {
  const database = await openDB<DraftSchema>(name, 1, {
    upgrade(made) {
      const drafts = made.createObjectStore('drafts', { keyPath: 'id' });
      drafts.createIndex('place', ['user', 'place']);
      drafts.createIndex('atMs', 'atMs');
    },
    // A newer version of this file in another tab must not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  const old = await database.getAllKeysFromIndex('drafts', 'atMs', IDBKeyRange.upperBound(nowMs - keptDays * dayMs));
  const tooMany = (await database.count('drafts')) - mostDrafts;
  const oldest = tooMany > 0 ? await database.getAllKeysFromIndex('drafts', 'atMs', null, tooMany) : [];
  for (const id of [...old, ...oldest]) await database.delete('drafts', id);
  return {
    put: async (draft) => void (await database.put('drafts', draft)),
    remove: (id) => database.delete('drafts', id),
    async find(user, place) {
      const found = await database.getAllFromIndex('drafts', 'place', [user, place]);
      return found.sort((a, b) => b.atMs - a.atMs);
    },
  };
}
