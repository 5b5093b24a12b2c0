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

/** Long before the store gives a turn up, which waits for it. */
const defaultFromRowMs = 5_000;

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
  /** How long `fromRow` may take (default 5,000 milliseconds). */
  readonly fromRowMs?: number;
}): StagedTeller {
  const { store, saver, resources, closing, onError, fromRowMs = defaultFromRowMs } = options;
  const { staging } = store;
  if (staging === undefined) return { idle: () => Promise.resolve() };
  const names = [...resources.keys()];
  let running: Promise<void> | null = null;
  let hasToLook = false;
  let isFailing = false;

  async function tell(change: StagedChange): Promise<StagedOutcome> {
    const resource = resources.get(change.resource);
    if (closing.aborted || resource === undefined) return { status: 'later' };
    let record: StagedChange['record'];
    try {
      record = await recordOf(resource, change, fromRowMs);
    } catch (error) {
      // Whatever it threw, also one of our codes: the same row would be no record the next time.
      return refuse(change, error);
    }
    try {
      const key = { scope: 'staged', key: change.change, bodyHash: '' };
      await append(store, saver, resource, { ...change, record }, key);
      return { status: 'told' };
    } catch (error) {
      return error instanceof SyncError && passing.includes(error.code) ? { status: 'later' } : refuse(change, error);
    }
  }

  function refuse({ resource, id }: StagedChange, cause: unknown): StagedOutcome {
    // Without an id it is the table that cannot be read.
    const of = id === '' ? `Changes of ${resource}` : `A change of ${resource} ${id} was committed and`;
    const problem = `${of} cannot be told: ${String(cause)}`;
    onError(new Error(problem, { cause }));
    return { status: 'refused', problem };
  }

  async function look(): Promise<void> {
    while (hasToLook && !closing.aborted) {
      hasToLook = false;
      try {
        hasToLook = (await staging?.take(names, tell)) || hasToLook;
        isFailing = false;
      } catch (error) {
        // It is repeated: the store says again and again that something waits. Said once, as it may be so for hours.
        if (!isFailing) onError(new Error(`Changes of other transactions wait: ${String(error)}`, { cause: error }));
        isFailing = true;
      }
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

async function recordOf(
  resource: Resource,
  { id, isRow, record, fault }: StagedChange,
  fromRowMs: number,
): Promise<StagedChange['record']> {
  if (fault !== null) throw new Error(fault);
  if (!isRecordId(id)) throw new Error(`"${id}" cannot be the id of a record.`);
  if (!isRow) return record;
  // A deletion too: whoever owns one captured table must not take away what is saved here.
  if (resource.captured === null) throw new Error(`The resource is not declared with captured: true.`);
  if (record === null) return null;
  return within(fromRowMs, recordOfRow(resource.name, resource.captured, record));
}

/** One that never comes to an end would hold back every other change, and the stop of the server. */
async function within<Result>(ms: number, made: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`fromRow took longer than ${ms} ms.`)), ms);
  });
  return Promise.race([made, late]).finally(() => clearTimeout(timer));
}
