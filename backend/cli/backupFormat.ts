import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import type { DeliveryDetail } from '../log/deliveryLog.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { LogEntry } from '../log/entry.ts';
import type { LinesFormat } from './readLines.ts';
import type { KeptKey, KeptState, Snapshot } from './snapshot.ts';

/**
 * The file of `backup` and `restore`, the same for both stores.
 *
 * Shape   the first line has epoch, head, floor, lastAt, stateRevision; then lines { stored }, { entry }, { key }, { state }, { delivery },
 *         in this order; the last line has their number and the checksum of everything before it
 */
export const backupFormat: LinesFormat = { format: 'backoffice-sync backup', formatVersion: 1, isSealed: true };

/** What the first line of a backup says. */
export interface BackupHeader {
  readonly epoch: string;
  readonly head: number;
  readonly floor: number;
  readonly lastAt: number;
  readonly stateRevision: number;
}

/** A line of a backup. */
export type BackupLine =
  | { readonly stored: StoredRecord }
  | { readonly entry: LogEntry }
  | { readonly key: KeptKey }
  | { readonly state: KeptState }
  | { readonly delivery: DeliveryDetail };

/** The first line. */
export function backupHeader({ epoch, head, floor, lastAt, stateRevision }: Snapshot): object {
  const { format, formatVersion } = backupFormat;
  return { format, formatVersion, epoch, head, floor, lastAt, stateRevision };
}

/** Everything of a snapshot, as lines. */
export async function* backupLines(snapshot: Snapshot): AsyncGenerator<object> {
  for await (const stored of snapshot.records()) {
    const { published, ...rest } = stored;
    // Where the public sees the record itself, which is the most, it stands there once.
    yield { stored: published !== null && jsonEquals(published, stored.record) ? rest : stored };
  }
  for await (const { entry } of snapshot.entries()) yield { entry };
  for await (const key of snapshot.keys()) yield { key };
  for await (const state of snapshot.state()) yield { state };
  for await (const delivery of snapshot.deliveries()) yield { delivery };
}

/** A line that was read; null for one of another shape. */
export function toBackupLine(value: JsonObject): BackupLine | null {
  const { stored, entry, key, state, delivery } = value;
  if (isJsonObject(stored)) {
    const published = 'published' in stored ? stored['published'] : stored['record'];
    return { stored: { ...stored, published } as unknown as StoredRecord };
  }
  if (isJsonObject(entry)) return { entry: entry as unknown as LogEntry };
  if (isJsonObject(key)) return { key: key as unknown as KeptKey };
  if (isJsonObject(state)) return { state: state as unknown as KeptState };
  if (isJsonObject(delivery)) return { delivery: delivery as unknown as DeliveryDetail };
  return null;
}
