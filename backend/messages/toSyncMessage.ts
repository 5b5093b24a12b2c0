import type { SyncMessage } from '../../shared/protocol/messages.ts';
import type { MessageEntry } from '../log/entry.ts';

/** A message as its readers see it, the same for each of them: whom else it was for is not in it. */
export function toSyncMessage({ id, type, payload, at, from, to }: MessageEntry): SyncMessage {
  const message = { id, type, payload, at: new Date(at).toISOString(), from };
  return to.kind === 'room' ? { ...message, room: to.room } : message;
}
