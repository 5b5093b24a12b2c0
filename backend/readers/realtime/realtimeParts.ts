import type { JsonObject } from '../../../shared/json.ts';
import type { Permissions, User } from '../../auth/permissions.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import type { MessageEntry } from '../../log/entry.ts';
import type { Presence } from '../../presence/createPresence.ts';
import type { RoomAccess } from '../../presence/createRoomAccess.ts';
import type { Counters } from '../../records/counters/createCounters.ts';
import type { Resource } from '../../records/defineResource.ts';

/** What the realtime routes need of an installation. */
export interface RealtimeParts {
  readonly log: ChangeLog;
  readonly counters: Counters;
  readonly permissions: Permissions;
  readonly resources: ReadonlyMap<string, Resource>;
  /** What a user's records have to have; null for all. */
  readonly scopeOf: (user: User) => JsonObject | null;
  /** False for a message that is too old, or that too many newer ones of this user have pushed out. */
  readonly isKept: (entry: MessageEntry, userId: string) => boolean;
  readonly rooms: RoomAccess;
  readonly presence: Presence;
}
