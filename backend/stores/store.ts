import type { StoredRecord } from '../log/advance.ts';
import type { ChangeLog } from '../log/changeLog.ts';
import type { ChangeDraft, KeyDraft, LogEntry, MessageDraft, SavedKey } from '../log/entry.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { SyncError } from '../../shared/problem.ts';
import type { DeliveryLog, OnDeliveryLoss } from '../log/deliveryLog.ts';
import type { Leases } from './leases.ts';
import type { PresenceCarrier } from './presenceCarrier.ts';
import type { Staging } from './staging.ts';

export type { StagedChange, StagedOutcome, Staging, TransactionClient } from './staging.ts';

/** One change to store, if the record still has the version that it was made from (0: it never existed). */
export interface ChangeWrite {
  readonly entry: ChangeDraft;
  readonly expectedVersion: number;
}

/** What to store: a change, the key of a save that changed nothing, or a message. */
export type Write = ChangeWrite | { readonly entry: KeyDraft } | { readonly entry: MessageDraft };

/**
 * How one write of a batch ended.
 *
 * committed  durable and visible                  stale   another save was faster; `stored` is what is there now
 * repeated   its key was stored before            failed  the store could not; nothing of this write is kept
 */
export type CommitOutcome =
  | { readonly status: 'committed'; readonly entry: LogEntry }
  | { readonly status: 'stale'; readonly stored: StoredRecord | null }
  | { readonly status: 'repeated'; readonly saved: SavedKey }
  | { readonly status: 'failed'; readonly error: SyncError };

/** A small durable value of a reader or of a session, with a revision for compare-and-set. */
export interface StateItem {
  readonly key: string;
  readonly value: JsonValue;
  readonly revision: number;
}

/** Durable values that are not records: positions of readers, sessions, leases. Never told to anybody. */
export interface StateStore {
  /** Null when absent or expired. */
  get(bucket: string, key: string): Promise<StateItem | null>;
  /**
   * Stores a value and returns its new revision; null when `ifRevision` is given and is not the current one (0: absent).
   *
   * Units   expiresAt milliseconds since 1970; an expired value is absent
   */
  put(
    bucket: string,
    key: string,
    value: JsonValue,
    options?: { ifRevision?: number; expiresAt?: number },
  ): Promise<number | null>;
  /**
   * Several values of one bucket in one write, each under its own condition: the revisions in the order given, null where the
   * condition did not hold. No key comes twice. Absent: one `put` each.
   */
  putMany?(bucket: string, puts: readonly StatePut[]): Promise<readonly (number | null)[]>;
  delete(bucket: string, key: string): Promise<void>;
  list(bucket: string): Promise<readonly StateItem[]>;
}

/** One value of several; it does not expire. */
export interface StatePut {
  readonly key: string;
  readonly value: JsonValue;
  readonly ifRevision: number;
}

/** What a store is told of a resource. */
export interface DeclaredResource {
  readonly name: string;
  readonly live: boolean | 'notify';
  readonly priority: 'high' | 'medium' | 'low';
}

/**
 * Where records and their log live. Written for people who add a store: tests of the contract are in `backoffice-sync/testing`.
 *
 * - `commit` is the only way to write. Writes of one batch are independent of each other, each has its own outcome, in order;
 *   several writes of one record in one batch are applied in the order given (the second expects the version of the first,
 *   and is stale when the first did not go through, whoever made that version meanwhile).
 * - A change and its log entry, and its key, are one transaction.
 * - `commit` resolves after everything committed is durable. It rejects only for a fault of the caller.
 * - Objects given and returned are never mutated by either side.
 */
export interface Store {
  /** What the status page calls it, such as `lowdb`. */
  readonly name: string;
  /** The folder of an embedded store, where the key that seals secrets may lie; absent for a store without one. */
  readonly folder?: string;
  readonly log: ChangeLog;
  readonly state: StateStore;
  /** Tells the nodes of one installation who is present on the others; absent for a store of one process. */
  readonly presence?: PresenceCarrier;
  /** Shares work among the nodes of one installation; absent for a store of one process. */
  readonly leases?: Leases;
  /** Takes changes that other transactions leave there; absent for a store that has no transactions of others. */
  readonly staging?: Staging;
  /** Opens the log of deliveries, once; absent: the newest are kept in memory. */
  openDeliveries?(onLoss: OnDeliveryLoss): Promise<DeliveryLog>;
  /** Gets everything ready; called once, before anything else. */
  open(): Promise<void>;
  /** A record or its tombstone; null when it never existed. */
  load(resource: string, id: string): Promise<StoredRecord | null>;
  /** The records of a resource that are not deleted, ordered by id (code units). */
  list(resource: string): Promise<readonly StoredRecord[]>;
  /** How many records there are of each resource, without those that are deleted. Absent: as many as `list` gives. */
  countRecords?(): Promise<ReadonlyMap<string, number>>;
  /** Keeps what is declared where others who read the database find it; called at each start. Absent: nobody does. */
  declare?(resources: readonly DeclaredResource[]): Promise<void>;
  commit(batch: readonly Write[]): Promise<readonly CommitOutcome[]>;
  /** The first answer given for a key of a user; null when none is kept. */
  findKey(scope: string, key: string): Promise<SavedKey | null>;
  /** False while the last write was refused; absent where `state.get` fails when a write would. */
  isWritable?(): boolean;
  /** Finishes what runs and lets go of folders and connections. */
  close(): Promise<void>;
}
