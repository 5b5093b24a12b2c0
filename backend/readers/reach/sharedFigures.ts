import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { RecordVersion } from '../../../shared/cursor.ts';
import type { StateStore } from '../../stores/store.ts';
import type { ShownFigures } from './shownReports.ts';

/** What a node heard, where the other nodes of an installation read it. */
export interface SharedFigures {
  /** Writes what this node knows of a record. Errors  STORE_UNAVAILABLE */
  write(key: string, figures: ShownFigures): Promise<void>;
  /** What the other nodes know of a version of it. Errors  STORE_UNAVAILABLE */
  others(key: string, newest: RecordVersion): Promise<readonly ShownFigures[]>;
}

/** After that nobody asks any more whether a save is shown. */
const lifetimeMs = 24 * 60 * 60 * 1000;

/** Keeps figures in the store's state: one bucket a record, one key a node. */
export function createSharedFigures(state: StateStore, node: string, now: () => number): SharedFigures {
  const bucketOf = (key: string): string => `shown:${key}`;
  return {
    async write(key, figures) {
      await state.put(bucketOf(key), node, figures as unknown as JsonObject, { expiresAt: now() + lifetimeMs });
    },
    async others(key, newest) {
      const items = await state.list(bucketOf(key));
      return items.flatMap(({ key: from, value }) => {
        const of = isJsonObject(value) ? value['of'] : null;
        const isSame = isJsonObject(of) && of['epoch'] === newest.epoch && of['version'] === newest.version;
        // Written by this file only.
        return from !== node && isSame ? [value as unknown as ShownFigures] : [];
      });
    },
  };
}
