import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { matchesFilters } from '../../../shared/protocol/filter.ts';
import type { Audience } from '../../auth/permissions.ts';
import type { ChangeEntry, LogEntry, MessageEntry } from '../../log/entry.ts';
import { withoutFields } from '../../log/withoutFields.ts';
import { removedMessagesType } from '../../log/removedMessages.ts';
import { isFor } from '../../messages/isFor.ts';
import { toSyncMessage } from '../../messages/toSyncMessage.ts';
import type { EventWriter, WrittenChange } from './eventWriter.ts';
import { followedResource } from './projectCounts.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import type { Subscription } from './subscription.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/** The time over which clients that were told to load again spread. */
const forcedJitterMs = 5_000;

/** What one audience is told under one subscription: everybody with the same `key` gets the same events. */
export interface Feed {
  readonly key: string;
  readonly audience: Audience;
  readonly subscription: Subscription;
  /** False for an entry of which this feed never tells anything: cheap, and asked before `tell`. */
  isInterested(entry: LogEntry): boolean;
  /** Null when the entry is not told. `first` begins the counts that `entry` is the last of. */
  tell(entry: ChangeEntry | MessageEntry, first?: ChangeEntry): Promise<WrittenEvent | null>;
}

/** The feed of an audience that follows a subscription. */
export function createFeed(
  parts: RealtimeParts,
  writer: EventWriter,
  audience: Audience,
  subscription: Subscription,
): Feed {
  const { user } = audience;
  const reader = {
    user,
    scope: user === null ? null : parts.scopeOf(user),
    rooms: new Set(subscription.channels),
  };

  function tellMessage(entry: MessageEntry): WrittenEvent | null {
    if (user === null || !isTold(entry)) return null;
    const cursor = formatCursor({ epoch: parts.log.epoch, seq: entry.seq });
    // Who slept for an hour is still to load again: only what was said goes stale.
    const isKept = entry.type === 'sync.force' || parts.isKept(entry, user.id);
    if (!isKept) return writeEvent({ type: 'reset', cursor, scope: 'messages', reason: 'expired' });
    const hit = messagesWritten.get(entry);
    if (hit) return hit;
    const written =
      entry.type === 'sync.force'
        ? writeEvent({ type: 'reset', cursor, scope: 'changes', reason: 'forced', jitterMs: forcedJitterMs })
        : writeEvent({ type: 'message', cursor, message: toSyncMessage(entry) });
    messagesWritten.set(entry, written);
    return written;
  }

  function isTold(entry: MessageEntry): boolean {
    const isRemoved = entry.type === removedMessagesType;
    if (entry.type.startsWith('sync.') && entry.type !== 'sync.force' && !isRemoved) return false;
    if (!isFor(entry, reader)) return false;
    // Nobody knows any more what the removed ones were: some may have been said in a room.
    if (isRemoved) return subscription.messages || subscription.channels.length > 0;
    // Who is told to load again follows records, whether he wanted messages or not.
    return subscription.messages || entry.to.kind === 'room' || entry.type === 'sync.force';
  }

  return {
    // The person too: what is sent to him alone is told to nobody who merely sees the same records.
    key: JSON.stringify([audience.key, user?.id ?? null, subscription.key]),
    audience,
    subscription,
    isInterested(entry) {
      switch (entry.kind) {
        case 'change':
          return subscription.resources.has(followedResource(entry));
        case 'message':
          return user !== null && isTold(entry);
        case 'key':
          return false;
      }
    },
    async tell(entry, first) {
      if (entry.kind === 'message') return tellMessage(entry);
      const written = await writer.write(entry, audience, first);
      return written && filtered(written, subscription);
    },
  };
}

/** Everybody who is told the same message shares its bytes. */
const messagesWritten = new WeakMap<MessageEntry, WrittenEvent>();

/** A change as it looks through filters: entering them is a creation, leaving them a deletion that says the id only. */
function filtered(
  { written, isWithoutFields, change, seenBefore }: WrittenChange,
  { filters }: Subscription,
): WrittenEvent | null {
  if (filters.length === 0 || written.event.type !== 'change') return written;
  const isMatch = (record: JsonObject | null) => record !== null && matchesFilters(filters, change.resource, record);
  const [wasIn, isIn] = [isMatch(seenBefore), isMatch(change.record)];
  if (!wasIn && !isIn) return null;
  if (wasIn === isIn || (wasIn && change.record === null) || (isIn && change.before === null)) return written;
  const { counts: _, ...rest } = change;
  const seen = wasIn
    ? { ...rest, operation: 'deleted' as const, record: null, before: null, patch: [] }
    : { ...rest, operation: 'created' as const, before: null, patch: [] };
  return writeEvent({ ...written.event, change: isWithoutFields ? withoutFields(seen) : seen });
}
