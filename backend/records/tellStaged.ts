import { SyncError } from '../../shared/problem.ts';
import type { StagedChange, StagedOutcome, Store } from '../stores/store.ts';
import { append } from './append.ts';
import { recordOfRow } from './capturedRows.ts';
import type { Resource } from './defineResource.ts';
import { isRecordId } from './readSaveRequest.ts';
import type { Saver } from './save.ts';

/** What tells staged changes. */
export interface StagedTeller {
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
}

/** Not the fault of the change: the same one goes well in a moment. Of two at once, one finds the record made or gone meanwhile. */
const passing: readonly string[] = ['STORE_UNAVAILABLE', 'SAVE_BUSY', 'ALREADY_EXISTS', 'RECORD_DELETED', 'NOT_FOUND'];

/**
 * Makes changes of the log of what other transactions left, from the first look until the signal ends it.
 *
 * One transaction after the other, in the order of the commits. A change that nothing can be made of (`fromRow` throws, the
 * record is too large) is said loudly and set aside, so that it holds back no other.
 */
export function tellStaged(options: {
  readonly store: Store;
  readonly saver: Saver;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}): StagedTeller {
  const { store, saver, resources, closing, onError } = options;
  const { staging } = store;
  if (staging === undefined) return { idle: () => Promise.resolve() };
  const names = [...resources.keys()];
  let running: Promise<void> | null = null;
  let hasToLook = false;

  async function tell(change: StagedChange): Promise<StagedOutcome> {
    const resource = resources.get(change.resource);
    if (closing.aborted || resource === undefined) return { status: 'later' };
    try {
      const key = { scope: 'staged', key: change.change, bodyHash: '' };
      await append(store, saver, resource, { ...change, record: await recordOf(resource, change) }, key);
      return { status: 'told' };
    } catch (error) {
      if (error instanceof SyncError && passing.includes(error.code)) return { status: 'later' };
      const problem = `A change of ${change.resource} ${change.id} was committed and cannot be told: ${String(error)}`;
      onError(new Error(problem, { cause: error }));
      return { status: 'refused', problem };
    }
  }

  async function look(): Promise<void> {
    while (hasToLook && !closing.aborted) {
      hasToLook = false;
      // A look that fails is repeated: the store says again and again that something waits.
      hasToLook = (await staging?.take(names, tell).catch(() => false)) || hasToLook;
    }
  }

  const wake = (): void => {
    hasToLook = true;
    running ??= look().finally(() => (running = null));
  };
  const stop = staging.onStaged(wake);
  // What was left while nobody was there.
  wake();
  closing.addEventListener('abort', stop, { once: true });
  return {
    async idle() {
      await running;
    },
  };
}

async function recordOf(resource: Resource, { id, isRow, record }: StagedChange): Promise<StagedChange['record']> {
  if (!isRecordId(id)) throw new Error(`"${id}" cannot be the id of a record.`);
  if (record === null || !isRow) return record;
  if (resource.captured === null) throw new Error(`The resource is not declared with captured: true.`);
  return recordOfRow(resource.name, resource.captured, record);
}
