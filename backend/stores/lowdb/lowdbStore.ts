import { join } from 'node:path';
import { SyncError } from '../../../shared/problem.ts';
import { checkWrite } from '../checkWrite.ts';
import type { DeliveryLog } from '../../log/deliveryLog.ts';
import { createGroupQueue } from '../groupQueue.ts';
import type { CommitOutcome, Store, Write } from '../store.ts';
import { CheckpointKeeper } from './checkpointKeeper.ts';
import { openDeliveryFiles } from './deliveryFiles.ts';
import { draftGroup } from './draftGroup.ts';
import { markClosed } from './folderEpoch.ts';
import { resolveLowdbOptions, type LowdbStoreOptions } from './lowdbOptions.ts';
import { openFolder, type OpenedFolder } from './openFolder.ts';
import { StoreHealth } from './storeHealth.ts';

/**
 * Creates the embedded store: records in memory, every save a synced line of the log, `db.json` (lowdb) a checkpoint.
 *
 * A save is acknowledged after its line is durable; saves that arrive together share one sync. One process owns the folder.
 *
 * Errors  OPTION_INVALID here; FOLDER_OWNED, FOLDER_UNUSABLE, LOG_DAMAGED, CHECKPOINT_MISMATCH from `open`
 */
export function lowdbStore(given: LowdbStoreOptions): Store {
  const options = resolveLowdbOptions(given);
  const health = new StoreHealth(options.onWarning);
  let opened: OpenedFolder | null = null;
  let deliveries: DeliveryLog | null = null;
  let checkpoints: CheckpointKeeper | null = null;
  let isClosing = false;
  let nextSeq = 0;
  let lastAt = 0;

  const queue = createGroupQueue<readonly Write[], readonly CommitOutcome[]>({
    run: commitGroup,
    size: (batch) => batch.length,
    maxGroupSize: 1_000,
  });

  function requireOpened(): OpenedFolder {
    if (opened === null)
      throw new SyncError('STORE_UNAVAILABLE', 'The store is not open; call `open()` and wait for it first.');
    return opened;
  }

  async function commitGroup(batches: readonly (readonly Write[])[]): Promise<CommitOutcome[][]> {
    const { records, keys, log, files } = requireOpened();
    const now = options.now();
    const draft = draftGroup(batches, {
      nextSeq,
      lastAt,
      now,
      findRecord: (resource, id) => records.get(resource, id),
      findKey: (scope, key) => keys.find(scope, key, now),
    });
    let { outcomes } = draft;
    const last = draft.lines.at(-1)?.entry;
    if (last !== undefined) {
      try {
        await log.append(draft.lines);
      } catch (error) {
        // All of them, also the stale and the repeated ones: they may have been decided by a save that did not happen.
        outcomes = outcomes.map(() => ({ status: 'failed', error: toStoreError(error, health, options.folder) }));
        return shareOut(outcomes, batches);
      }
      nextSeq = last.seq + 1;
      lastAt = last.at;
      for (const stored of draft.records) records.set(stored);
      for (const { entry } of draft.lines) keys.add(entry);
      checkpoints?.noteAppend(
        draft.lines.reduce((bytes, { line }) => bytes + line.length, 0),
        files.head,
      );
      log.announce();
    }
    return shareOut(outcomes, batches);
  }

  return {
    name: 'lowdb',
    folder: options.folder,
    get log() {
      return requireOpened().log;
    },
    get state() {
      return requireOpened().state;
    },
    async open() {
      if (opened !== null) throw new SyncError('INTERNAL', 'The store is open already; `open()` is called once.');
      opened = await openFolder(options, health);
      ({ nextSeq, lastAt } = opened);
      checkpoints = new CheckpointKeeper(options, opened);
    },
    async openDeliveries(onLoss) {
      requireOpened();
      const { now, onWarning, folder } = options;
      return (deliveries = await openDeliveryFiles({ folder: join(folder, 'deliveries'), now, onWarning, onLoss }));
    },
    isWritable: () => health.isWritable,
    countRecords: async () => requireOpened().records.count(),
    load: async (resource, id) => requireOpened().records.get(resource, id),
    list: async (resource) =>
      requireOpened()
        .records.list(resource)
        .filter(({ record }) => record !== null),
    async commit(batch) {
      requireOpened();
      for (const write of batch) checkWrite(write);
      if (isClosing) {
        const error = new SyncError('STORE_UNAVAILABLE', 'The store is closed; open it again to save.');
        return batch.map(() => ({ status: 'failed', error }));
      }
      return batch.length === 0 ? [] : queue.add(batch);
    },
    async findKey(scope, key) {
      return requireOpened().keys.find(scope, key, options.now());
    },
    async close() {
      if (opened === null || isClosing) return;
      isClosing = true;
      const { owner, files, state } = opened;
      await queue.finish();
      await deliveries?.flush();
      await state.close();
      const isSound = health.failure === null;
      health.close();
      // Whatever failed, this process is done with the folder; only an end in order leaves the mark.
      try {
        await checkpoints?.close(isSound);
        if (isSound) await markClosed(options.folder, files.head);
      } finally {
        await files.close();
        await owner.release();
      }
    },
  };
}

function shareOut(outcomes: readonly CommitOutcome[], batches: readonly (readonly Write[])[]): CommitOutcome[][] {
  let start = 0;
  return batches.map(({ length }) => outcomes.slice(start, (start += length)));
}

/** What is no error of ours comes from opening the next file of the log, which a full disk refuses like a write. */
function toStoreError(error: unknown, health: StoreHealth, folder: string): SyncError {
  return error instanceof SyncError ? error : health.refuse(folder, error);
}
