import type { Saves } from '../data/createSaves.ts';
import { mostCharacters, type Draft } from './draft.ts';
import { joinTabs, type JoinedTabs } from './joinTabs.ts';
import { openDraftStore, type DraftStore } from './openDraftStore.ts';

/** The drafts as one page works with them. */
export interface Drafts {
  /** Keeps what is typed at a place in this tab; nothing ends the draft. */
  keep(user: string, place: string, edits: Draft['edits']): Promise<void>;
  remove(id: string): Promise<void>;
  /** What this user left at a place: in this tab, or in one that is gone. The newest first. */
  left(user: string, place: string): Promise<readonly Draft[]>;
}

/** They live as long as the page does. */
const known = new WeakMap<Saves, Promise<Drafts>>();

/**
 * The drafts of a page, opened once; where the browser keeps nothing there are none.
 *
 * Shape   `name` names the database: one for each backend
 */
export function openDrafts(saves: Saves, name: string): Promise<Drafts> {
  const opened = known.get(saves) ?? open(name).catch(() => noDrafts);
  known.set(saves, opened);
  return opened;
}

const noDrafts: Drafts = {
  keep: async () => {},
  remove: async () => {},
  left: async () => [],
};

async function open(name: string): Promise<Drafts> {
  const [store, tabs] = await Promise.all([openDraftStore(name, Date.now()), joinTabs(name)]);
  return createDrafts(store, tabs);
}

/** Works with the drafts of a browser as one of its tabs. */
export function createDrafts(store: DraftStore, tabs: JoinedTabs): Drafts {
  const { tab } = tabs;
  return {
    async keep(user, place, edits) {
      const id = `${tab} ${user} ${place}`;
      const isTooLong = JSON.stringify([...edits]).length > mostCharacters;
      if (edits.size === 0 || isTooLong) await store.remove(id);
      else await store.put({ id, tab, user, place, atMs: Date.now(), edits });
    },
    remove: store.remove,
    async left(user, place) {
      const found = await store.find(user, place);
      if (found.length === 0) return [];
      // Asked after the drafts were read: a tab lives before it writes its first one.
      const living = await tabs.living();
      return found.filter((draft) => draft.tab === tab || !living.has(draft.tab));
    },
  };
}
