import { compareVersions, parseCursor, type RecordVersion } from '../cursor.ts';

/** The part of a delivery's `data` that says how new it is. */
export interface DeliveryVersion {
  readonly cursor: string;
  readonly version: number;
}

/**
 * True when a delivery is newer than the last one that was applied for the same record: apply it, and keep its `cursor` and
 * `version` with the record. False for a repeat and for one that was overtaken: answer 200 and drop it.
 *
 * Orders by (epoch of the cursor, version): after a backup was restored, versions alone would say that everything is old.
 *
 * Shape   `seen` null when nothing was applied yet; false for `data` that is no delivery of a record
 */
export function isNewerDelivery(seen: DeliveryVersion | null | undefined, data: DeliveryVersion): boolean {
  const next = readVersion(data);
  if (next === null) return false;
  const last = readVersion(seen);
  return last === null || compareVersions(next, last) > 0;
}

function readVersion(of: DeliveryVersion | null | undefined): RecordVersion | null {
  const position = typeof of?.cursor === 'string' ? parseCursor(of.cursor) : null;
  if (position === null || !Number.isSafeInteger(of?.version)) return null;
  return { epoch: position.epoch, version: of?.version ?? 0 };
}
