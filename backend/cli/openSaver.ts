import { createRingSealer, keyRing } from '../keyRing.ts';
import { createSaver, type Saver } from '../records/save.ts';
import { lowdbStore } from '../stores/lowdb/lowdbStore.ts';
import { postgresStore } from '../stores/postgres/postgresStore.ts';
import type { Store } from '../stores/store.ts';
import type { CommandCall } from './command.ts';
import { commandSettings, openPool, type CommandTarget } from './commandTarget.ts';
import { refuseMoved } from '../stores/lowdb/folderEpoch.ts';

/** A store that is open for saves, and the way in. */
export interface OpenedSaver {
  readonly store: Store;
  readonly saver: Saver;
  close(): Promise<void>;
}

/**
 * Opens a store as the server does, without its readers: what is saved is told by whoever follows the log.
 *
 * Errors  those of the store, FOLDER_OWNED above all; OPTION_INVALID for the key
 */
export async function openSaver(call: CommandCall, target: CommandTarget): Promise<OpenedSaver> {
  if (target.kind === 'folder') await refuseMoved(target.folder);
  const pool = target.kind === 'database' ? openPool(target.url) : null;
  const store =
    target.kind === 'folder'
      ? lowdbStore({ folder: target.folder, onWarning: call.tell })
      : postgresStore({ pool: pool as NonNullable<typeof pool>, schema: target.schema, onWarning: call.tell });
  try {
    // The store first: a folder that belongs to another process gets no key from here.
    await store.open();
    try {
      const sealer = createRingSealer(await keyRing(commandSettings(call).secretKey, store.folder));
      return {
        store,
        saver: createSaver({ store, sealer }),
        async close() {
          await store.close();
          await pool?.end();
        },
      };
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await pool?.end();
    throw error;
  }
}
