import type { JsonObject } from '../../../../shared/json.ts';
import { overlay } from '../../../client/overlay.ts';
import type { PendingChange } from './optimisticLayer.ts';

/** A list with what is pending put over what the server said. `isInside` null: whether something new belongs here, only the server knows. */
export function showPending(
  records: readonly JsonObject[],
  pending: readonly PendingChange[],
  isInside: ((record: JsonObject) => boolean) | null,
): readonly JsonObject[] {
  let shown = records;
  for (const change of pending) {
    const at = shown.findIndex((record) => record['id'] === change.id);
    const found = shown[at];
    if (change.kind === 'delete') {
      if (found !== undefined) shown = shown.toSpliced(at, 1);
    } else if (found !== undefined) {
      shown = shown.with(at, overlay(found, change.fields));
    } else if (change.kind === 'create') {
      const record = { ...change.fields, id: change.id };
      const place = shown.findIndex((one) => String(one['id']) > change.id);
      if (isInside?.(record)) shown = shown.toSpliced(place === -1 ? shown.length : place, 0, record);
    }
  }
  return shown;
}

/** One record with what is pending put over it. One that is being deleted is shown until it is gone. */
export function showPendingRecord(record: JsonObject, pending: readonly PendingChange[]): JsonObject {
  return pending
    .filter((change) => change.id === record['id'] && change.kind !== 'delete')
    .reduce((shown, change) => overlay(shown, change.fields), record);
}
