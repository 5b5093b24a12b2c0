import { parseCursor } from '../../../shared/cursor.ts';
import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { SyncProblem } from '../SyncRequestError.ts';

const placed = ['change', 'message', 'reset', 'place', 'subscribed'];

/**
 * Reads one event.
 *
 * `unknown` is an event of a newer server and says nothing to us. Null is one that was cut or broken: the next event would
 * move the place past it, so whoever reads null has to begin again from where it was.
 */
export function readSyncEvent(text: string): SyncEvent | 'unknown' | null {
  try {
    return checkSyncEvent(JSON.parse(text) as JsonValue);
  } catch {
    return null; // Not JSON; the caller starts again.
  }
}

/** The same for a value that was read already. */
export function checkSyncEvent(value: JsonValue): SyncEvent | 'unknown' | null {
  if (!isJsonObject(value) || typeof value['type'] !== 'string') return null;
  const { type } = value;
  if (type !== 'presence' && type !== 'error' && !placed.includes(type)) return 'unknown';
  const isWhole =
    type === 'presence'
      ? typeof value['channel'] === 'string' && Array.isArray(value['members'])
      : type === 'error'
        ? isJsonObject(value['problem'])
        : typeof value['cursor'] === 'string' &&
          parseCursor(value['cursor']) !== null &&
          (type !== 'change' || isJsonObject(value['change'])) &&
          (type !== 'message' || isJsonObject(value['message']));
  return isWhole ? (value as unknown as SyncEvent) : null;
}

/** Why a transport whose events cannot be read is given up for this time. */
export const unreadableEvent: SyncProblem = {
  code: 'ANSWER_UNREADABLE',
  title: 'The answer is not what was expected',
  status: 200,
  detail: 'An event could not be read; the connection goes on from the last one that could.',
};
