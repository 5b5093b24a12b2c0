import PQueue from 'p-queue';
import type { JsonObject } from '../../shared/json.ts';
import type { Receipt, SaveOutcome } from '../../shared/receipt.ts';
import { checkOptions } from './checkOptions.ts';
import { systemClock, type Clock } from './clock.ts';
import { browserConnectivity, type Connectivity } from './connectivity.ts';
import { createPendingSave } from './createPendingSave.ts';
import { createReader, type LoadListResult, type LoadResult } from './createReader.ts';
import { createSaveQueue } from './createSaveQueue.ts';
import type { Outbox } from './outbox/outbox.ts';
import { toQueueEntry, type PendingSave } from './pendingSave.ts';
import { createRecordMemory, type RecordMemory } from './recordMemory.ts';
import { isRecordRoute, localUrl, recordKeyOf } from './recordUrl.ts';
import type { Transport } from './sendRequest.ts';
import type { SyncProblem } from './SyncRequestError.ts';
import { syncRecords, type SyncRecords } from './syncRecords.ts';
import { idleSyncState, toSyncState, type SaveMethod, type SyncState } from './syncState.ts';

/** How one save is made. */
export interface SyncOptions {
  /** Fields that keep their stored value in this save, by name or JSON Pointer. Default none. */
  readonly preserveFields?: readonly string[];
  /** False stores and logs the change without a webhook and without a site event. Default true. */
  readonly notifyFrontend?: boolean;
  /** What the form was loaded with, for every field sent. Default: the record that `load` or the last save of this URL gave. */
  readonly base?: object;
  /** JSON Pointers of optional fields to remove. Default none. */
  readonly unset?: readonly string[];
  /** True sets the fields whoever changed them; the receipt says what was overwritten. Default false. */
  readonly blind?: boolean;
}

/** How a save ended. `record` is null after a delete, and for a foreign route that answers no object. */
export interface SyncResult {
  readonly outcome: SaveOutcome;
  readonly record: JsonObject | null;
  readonly etag: string | null;
  readonly receipt?: Receipt;
}

/** Options of the service; an unknown one throws `OPTION_UNKNOWN`. */
export interface RealtimeSyncServiceOptions {
  /** Origin and path before `/api/…`. Default `''`, the same origin. */
  readonly backendUrl?: string;
  /** Milliseconds until an unanswered request counts as lost and is sent again. Default 15,000. */
  readonly timeoutMs?: number;
  /** Milliseconds of quiet in which `queueSync` edits of one record join. Default 300. */
  readonly coalesceMs?: number;
  /** Sent as `Authorization: Bearer`, for machines. Default none: the session cookie. */
  readonly token?: string;
  /** Default the browser's `fetch`. */
  readonly fetch?: typeof fetch;
  /**
   * Where saves are kept until they are stored: an outbox of `createOutbox`, so that they survive the page, or `memory`. Default
   * `memory`: an outbox has to be told who is signed in.
   */
  readonly outbox?: Outbox | 'memory';
  /** Told about each save that stopped: refused, in conflict, or signed out. Default nobody. */
  readonly onProblem?: (problem: SyncProblem) => void;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Default what the browser says: `navigator.onLine` and its events. */
  readonly connectivity?: Connectivity;
}

/**
 * The save queue of one page.
 *
 * Order   saves of one record go one after the other, each rebased on the answer to the one before; records do not wait for each other
 * Errors  a promise rejects with SyncRequestError; the entry stays in `getState().entries` until it is retried, resolved or discarded
 */
export interface RealtimeSyncService {
  /** Reads one record and remembers it as the base of later saves of this URL. */
  load(url: string): Promise<LoadResult>;
  /** Reads one page of records and remembers each as the base of later saves of `<url>/<id>`. */
  loadList(url: string): Promise<LoadListResult>;
  /** Saves at once. */
  sync(url: string, method: SaveMethod, data?: object, options?: SyncOptions): Promise<SyncResult>;
  /** Saves after a moment of quiet, together with the other edits of that moment; all get the joined answer. */
  queueSync(url: string, method: SaveMethod, data?: object, options?: SyncOptions): Promise<SyncResult>;
  /** Saves some or all fields of the settings; fields that are absent stay. */
  syncSettings(partial: object, options?: SyncOptions): Promise<SyncResult>;
  readonly syncTeam: SyncRecords;
  readonly syncServices: SyncRecords;
  readonly syncSolutions: SyncRecords;
  getState(): SyncState;
  /** Calls the listener after each change of the state; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Sends one failed or conflicting save again as it is, or all failed ones. */
  retry(entryId?: string): void;
  /** Gives up one save, and what was typed in it. */
  discard(entryId: string): void;
  /**
   * Ends a conflict in one round trip: keep mine, keep theirs, or set these fields.
   *
   * Only the fields in conflict are decided; what only one side changed is kept from both.
   */
  resolve(entryId: string, choice: 'mine' | 'theirs' | JsonObject): Promise<SyncResult>;
  /** Stops all timers and requests; what was not sent rejects with CLOSED. */
  close(): void;
}

/** Makes a save queue. One per page is enough; `realtimeSyncService` is the one for the same origin. */
export function createRealtimeSyncService(options: RealtimeSyncServiceOptions = {}): RealtimeSyncService {
  checkOptions(options, knownOptions);
  const { clock = systemClock, connectivity = browserConnectivity, onProblem = () => {} } = options;
  const transport: Transport = {
    backendUrl: (options.backendUrl ?? '').replace(/\/+$/, ''),
    timeoutMs: options.timeoutMs ?? 15_000,
    token: options.token,
    // Read at each call: what a page or a test puts in the place of `fetch` later counts too.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    clock,
  };
  const memory = createRecordMemory();
  const listeners = new Set<() => void>();
  let lastSyncTime: Date | null = null;
  let state = idleSyncState;

  const publish = () => {
    const entries = queue.list().map(toQueueEntry);
    const isDurable = keeper?.isDurable() ?? false;
    state = toSyncState(entries, { lastSyncTime, online: connectivity.isOnline(), isDurable });
    for (const listener of [...listeners]) listener();
  };
  const keeper =
    typeof options.outbox === 'object'
      ? options.outbox.attach({ queue: () => queue, publish, onProblem, clock })
      : undefined;
  const queue = createSaveQueue({
    transport,
    keeper,
    connectivity,
    lanes: new PQueue({ concurrency: 4 }),
    coalesceMs: options.coalesceMs ?? 300,
    onChange() {
      keeper?.changed();
      publish();
    },
    onProblem,
    onSaved(save, result) {
      lastSyncTime = new Date(clock.now());
      // What another tab had typed was never in a form of this page.
      if (keeper?.saved(save, result) !== false) rememberResult(memory, save, result);
    },
  });
  const stopListening = connectivity.subscribe(publish);
  publish();

  const save =
    (isPatient: boolean) =>
    async (url: string, method: SaveMethod, data: object = {}, wishes: SyncOptions = {}) => {
      const pending = createPendingSave({
        url: localUrl(transport.backendUrl, url),
        method,
        data,
        wishes,
        memory,
        clock,
      });
      return queue.add(pending, pending.record, isPatient);
    };
  const sync = save(false);

  return {
    ...createReader(transport, memory),
    sync,
    queueSync: save(true),
    syncSettings: (partial, wishes) => sync('/api/settings', 'PUT', partial, wishes),
    syncTeam: syncRecords('/api/team', sync),
    syncServices: syncRecords('/api/services', sync),
    syncSolutions: syncRecords('/api/solutions', sync),
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retry: (entryId) => queue.retry(entryId),
    discard: (entryId) => queue.discard(entryId),
    resolve: (entryId, choice) => queue.resolve(entryId, choice),
    close() {
      stopListening();
      keeper?.close();
      queue.close();
    },
  };
}

const knownOptions = [
  'backendUrl',
  'timeoutMs',
  'coalesceMs',
  'token',
  'fetch',
  'outbox',
  'onProblem',
  'clock',
  'connectivity',
] as const;

function rememberResult(memory: RecordMemory, save: PendingSave, { record, etag, outcome }: SyncResult): void {
  if (outcome === 'deleted') return memory.forget(save.url);
  if (record === null) return;
  const id = record['id'];
  if (save.method !== 'POST') memory.remember(save.url, { record, etag, typed: save.typed });
  else if (typeof id === 'string' && isRecordRoute(save.url)) {
    memory.remember(`${recordKeyOf(save.url)}/${encodeURIComponent(id)}`, { record, etag, typed: save.typed });
  }
}
