import { SyncError } from '../../shared/problem.ts';
import { advance, type StoredRecord } from '../log/advance.ts';
import type { LogEntry, SavedKey } from '../log/entry.ts';
import type { Store, Write } from '../stores/store.ts';

/** What a save turned into, given the record as it is: something to store, or an answer without storing. */
export type Prepared<T> =
  | { readonly kind: 'write'; readonly write: Write; answer(entry: LogEntry): T }
  | { readonly kind: 'answer'; readonly value: T };

/** One save on its way through the chain of its record. */
export interface ChainTask<T> {
  /** Merges and validates; throws to refuse. Called again when another process was faster. */
  prepare(stored: StoredRecord | null): Promise<Prepared<T>>;
  /** The answer when the store knows the key already. */
  repeat(saved: SavedKey): Promise<T>;
}

interface Waiting {
  readonly task: ChainTask<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/** How often a save is merged again because another process was faster, before it gives up with SAVE_BUSY. */
const maxAttempts = 5;
/** Saves of one record that share one commit. */
const maxBatch = 64;

/**
 * Takes the saves of one record one after the other; saves of different records do not wait for each other.
 *
 * Saves that wait for the same record are prepared on top of each other and committed as one batch, so that a hot record
 * costs one sync for all who wait. Nobody is answered before everything that the answer stands on is durable: when a write
 * of the batch does not go through, everything after it is prepared again from what is stored.
 */
export function createRecordChain(store: Store) {
  const chains = new Map<string, Waiting[]>();

  async function drain(name: string, resource: string, id: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      try {
        const again = await runBatch(store, resource, id, batch);
        queue.unshift(...again);
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    chains.delete(name);
  }

  return {
    /** Runs one save in its turn and gives its answer. */
    run<T>(resource: string, id: string, task: ChainTask<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const waiting: Waiting = { task, resolve: resolve as (value: unknown) => void, reject, attempts: 0 };
        const name = `${resource}/${id}`;
        const queue = chains.get(name);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const started = [waiting];
        chains.set(name, started);
        void drain(name, resource, id, started);
      });
    },
    /** How many records have saves on their way. */
    get size(): number {
      return chains.size;
    },
  };
}

/** Prepares and commits a batch; returns the saves that have to be prepared again, in order. */
async function runBatch(store: Store, resource: string, id: string, batch: readonly Waiting[]): Promise<Waiting[]> {
  let state = await store.load(resource, id);
  const prepared: {
    waiting: Waiting;
    outcome: Prepared<unknown> | { kind: 'refused'; error: unknown };
    writeIndex: number;
  }[] = [];
  const writes: Write[] = [];
  for (const waiting of batch) {
    try {
      const outcome = await waiting.task.prepare(state);
      prepared.push({ waiting, outcome, writeIndex: writes.length });
      if (outcome.kind !== 'write') continue;
      writes.push(outcome.write);
      if (outcome.write.entry.kind === 'change') {
        // Its place and time are not known yet; only the next save of this batch looks at this state.
        state = advance(state, { ...outcome.write.entry, seq: 0, at: Date.now() });
      }
    } catch (error) {
      prepared.push({ waiting, outcome: { kind: 'refused', error }, writeIndex: writes.length });
    }
  }
  const outcomes = writes.length === 0 ? [] : await store.commit(writes);
  const firstFailure = outcomes.findIndex((outcome) => outcome.status !== 'committed');
  const again: Waiting[] = [];
  for (const { waiting, outcome, writeIndex } of prepared) {
    const standsOnFailure = firstFailure !== -1 && firstFailure < writeIndex;
    if (outcome.kind !== 'write') {
      // A refusal names what others have saved; that has to be durable before anybody is told.
      if (standsOnFailure) retry(waiting, again);
      else if (outcome.kind === 'answer') waiting.resolve(outcome.value);
      else waiting.reject(outcome.error);
      continue;
    }
    const committed = outcomes[writeIndex];
    if (committed?.status === 'committed') waiting.resolve(outcome.answer(committed.entry));
    else if (committed?.status === 'repeated')
      waiting.task.repeat(committed.saved).then(waiting.resolve, waiting.reject);
    else if (committed?.status === 'failed' && !standsOnFailure) waiting.reject(committed.error);
    else retry(waiting, again);
  }
  return again;
}

function retry(waiting: Waiting, again: Waiting[]): void {
  waiting.attempts += 1;
  if (waiting.attempts < maxAttempts) {
    again.push(waiting);
    return;
  }
  waiting.reject(
    new SyncError(
      'SAVE_BUSY',
      'Others are saving this record faster than it can be merged. Send the same save again in a moment.',
      {
        extensions: { retryAfterSeconds: 1 },
      },
    ),
  );
}
