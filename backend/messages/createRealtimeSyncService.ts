import type { Actor } from '../../shared/change.ts';
import { isJsonObject, isJsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { isChannelName } from '../../shared/protocol/presence.ts';
import type { MessageTarget } from '../log/entry.ts';
import { revokeType } from '../log/revokeType.ts';
import type { AppendRequest } from '../records/append.ts';
import type { Messaging } from './createMessaging.ts';
import { createPublishing, type PublishedEvent } from './publishing.ts';
import type { ConnectionFigures, EmitOptions, MessageAudience, RealtimeSyncService } from './realtimeSyncService.ts';

/** What the service tells through. */
export interface RealtimeSyncServiceParts {
  /** Resolves when the store is open. */
  readonly messaging: () => Promise<Messaging>;
  /** The same at this moment; null before. */
  readonly opened: () => Messaging | null;
  readonly append: (change: AppendRequest) => Promise<void>;
  readonly connections: () => ConnectionFigures;
  /** True where createSync has `scope`: then nobody is told "everybody" by leaving something out. */
  readonly isScoped: boolean;
  /** Gets what could not be told after a mutation. */
  readonly onError: (error: unknown) => void;
}

/** Makes the service of an installation; it can be used before the store is open, and waits for it. */
export function createRealtimeSyncService(parts: RealtimeSyncServiceParts): RealtimeSyncService {
  let [dataUpdates, notifications, errors] = [0, 0, 0];

  async function append(change: AppendRequest, { actor, mutationId, excludeUserId }: EmitOptions = {}): Promise<void> {
    const author: Actor | undefined =
      actor ?? (excludeUserId === undefined ? undefined : { id: excludeUserId, name: excludeUserId, kind: 'admin' });
    await parts.append({
      ...change,
      ...(author === undefined ? {} : { actor: author }),
      ...(mutationId === undefined ? {} : { mutationId }),
    });
    dataUpdates += 1;
  }

  const service: Omit<RealtimeSyncService, 'publishing'> = {
    async publishDashboardUpdate(section, data, userId) {
      const userIds = typeof userId === 'string' ? [userId] : userId;
      await service.emitEvent('data.updated', { section, data }, { userIds });
      dataUpdates += 1;
    },
    async publishNotification(draft, userId) {
      const { notifications: stored, publisher } = await parts.messaging();
      const { readAt: _, ...payload } = await stored.add(draft, userId);
      notifications += 1;
      await publisher.publish({ type: 'notification', payload, to: { kind: 'users', ids: [userId] } });
      return { ...payload, readAt: null };
    },
    async emitEvent(type, payload, audience = {}) {
      if (!/^[A-Za-z][\w.:-]{0,99}$/.test(type) || type.startsWith('sync.'))
        throw new SyncError(
          'BAD_PARAMETER',
          `"${type.slice(0, 100)}" cannot be the type of a message: at most 100 letters, digits and _ . : -, and not sync.`,
        );
      const to = targetOf(audience, parts.isScoped);
      const { publisher } = await parts.messaging();
      return publisher.publish({ type, payload, to, excludeUserId: audience.excludeUserId });
    },
    emitCreated: (resource, id, record, options) => append({ resource, id, record }, options),
    emitUpdated: (resource, id, record, options) => append({ resource, id, record }, options),
    emitDeleted: (resource, id, _data, options) => append({ resource, id, record: null }, options),
    async revoke(userId) {
      const { publisher } = await parts.messaging();
      const ids = typeof userId === 'string' ? [userId] : userId;
      if (ids.length > 0) await publisher.publish({ type: revokeType, payload: null, to: { kind: 'users', ids } });
    },
    stats() {
      const { transports, users } = parts.connections();
      const messaging = parts.opened();
      const queue = messaging?.queue.stats() ?? { kept: 0, pushedOut: 0, users: 0, rooms: 0, scopes: 0, lag: 0 };
      const { lag, ...kept } = queue;
      const messages = { published: messaging?.publisher.published ?? 0, ...kept };
      return { connections: transports, users, messages, lag, dataUpdates, notifications, errors };
    },
  };

  const publishing = createPublishing({
    tell: (event) => tell(service, event),
    onError(error) {
      errors += 1;
      parts.onError(error);
    },
  });
  return { ...service, publishing };
}

async function tell(service: Omit<RealtimeSyncService, 'publishing'>, event: PublishedEvent): Promise<void> {
  if ('notification' in event) await service.publishNotification(event.notification, event.userId);
  else if ('type' in event) await service.emitEvent(event.type, event.payload, event);
  else if (event.record === null) await service.emitDeleted(event.resource, event.id);
  else await service.emitUpdated(event.resource, event.id, event.record);
}

function targetOf({ userIds, room, scope }: MessageAudience, isScoped: boolean): MessageTarget {
  if ([userIds, room, scope].filter((given) => given !== undefined).length > 1)
    throw new SyncError('BAD_PARAMETER', 'A message goes to userIds, to a room or to a scope; give one of them.');
  if (userIds !== undefined) return { kind: 'users', ids: [...new Set(userIds)] };
  if (room !== undefined) {
    if (isChannelName(room)) return { kind: 'room', room };
    throw new SyncError(
      'BAD_PARAMETER',
      `"${String(room)}" cannot be a room: letters, digits and _ . : -, at most 200.`,
    );
  }
  if (scope === undefined && isScoped)
    throw new SyncError('BAD_PARAMETER', 'Say whom it is for: userIds, room or scope. `scope: {}` is everybody.');
  // A value that JSON does not carry would be lost on the way, and what was meant for one tenant would be for everybody.
  if (scope !== undefined && !(isJsonObject(scope) && isJsonValue(scope)))
    throw new SyncError('BAD_PARAMETER', 'A scope is a plain object with a value for each field. `{}` is everybody.');
  return { kind: 'scope', scope: scope ?? {} };
}
