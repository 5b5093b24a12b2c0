import type { JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import type { User } from '../auth/permissions.ts';
import type { MessageEntry } from '../log/entry.ts';

/** Somebody who may be told a message. */
export interface MessageReader {
  /** Null for a visitor. */
  readonly user: User | null;
  /** What `scope` of createSync says of the user; null for one who sees every scope. */
  readonly scope: JsonObject | null;
  /** The rooms that he follows, each of which he was allowed to enter. */
  readonly rooms: ReadonlySet<string>;
}

/**
 * True when a message is for a reader; whether it is still told is another question (`MessageQueueService.isKept`).
 *
 * Visitors get none. Who is told is decided here, for each reader, and never by the sender alone: a sender of one tenant may
 * name users and rooms of another, and reaches nobody there, because his scope travels with the message (`within`).
 */
export function isFor(entry: MessageEntry, reader: MessageReader): boolean {
  const { user, scope, rooms } = reader;
  if (user === null || entry.excludeUserId === user.id) return false;
  // A reader without a scope sees the records of every tenant, and so what is said about them.
  if (entry.within !== undefined && scope !== null && !hasScope(entry.within, scope)) return false;
  switch (entry.to.kind) {
    case 'users':
      return entry.to.ids.includes(user.id);
    case 'room':
      return rooms.has(entry.to.room);
    case 'scope':
      return hasScope(entry.to.scope, scope ?? {});
  }
}

/** True when every value of the wanted scope is the reader's too; an empty scope is everybody's. */
function hasScope(wanted: JsonObject, own: JsonObject): boolean {
  return Object.entries(wanted).every(([field, value]) => jsonEquals(own[field], value));
}
