import type { DeliveryDetail } from '../log/deliveryLog.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { LogEntry, SavedKey } from '../log/entry.ts';
import type { JsonValue } from '../../shared/json.ts';

/** An entry of a log, and where it stands for a person who looks for it. */
export interface PlacedEntry {
  readonly entry: LogEntry;
  readonly place: string;
}

/** The answer that is kept for an `Idempotency-Key`. */
export interface KeptKey {
  readonly saved: SavedKey;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A value of the state. */
export interface KeptState {
  readonly bucket: string;
  readonly key: string;
  readonly value: JsonValue;
  readonly revision: number;
  readonly expiresAt?: number;
}

/**
 * Everything that a store holds, at one moment: read without a write, also while a server works on it.
 *
 * Shape   `records` ordered by resource and id, tombstones too; `entries` oldest first, up to `head`
 * Errors  LOG_DAMAGED, CHECKPOINT_MISMATCH, STORE_UNAVAILABLE while it is read
 */
export interface Snapshot {
  readonly epoch: string;
  readonly head: number;
  readonly floor: number;
  /** The time of the last entry, milliseconds since 1970. */
  readonly lastAt: number;
  /** The last revision that the state gave. */
  readonly stateRevision: number;
  /** What a person should know of the moment, such as that a server is running. */
  readonly notes: readonly string[];
  /** The names of the resources that have records, without those of which all were deleted. */
  resources(): Promise<readonly string[]>;
  records(resource?: string): AsyncIterable<StoredRecord>;
  entries(after?: number): AsyncIterable<PlacedEntry>;
  keys(): AsyncIterable<KeptKey>;
  state(): AsyncIterable<KeptState>;
  /** Oldest first; not of the same moment, as nothing is decided by them. */
  deliveries(): AsyncIterable<DeliveryDetail>;
  close(): Promise<void>;
}
