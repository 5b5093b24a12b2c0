import { v7 as uuidV7 } from 'uuid';
import { z } from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { validateRecord } from '../records/standardSchema.ts';
import type { StateItem, StateStore } from '../stores/store.ts';

/** Limits of stored notifications. */
export const notificationLimits = {
  /** Of one user; the oldest go. */
  perUser: 200,
  /** How long one is kept, read or not: 90 days. */
  lifetimeMs: 90 * 24 * 60 * 60 * 1000,
} as const;

const draftSchema = z.strictObject({
  title: z.string().min(1).max(200),
  message: z.string().max(2_000).default(''),
  type: z.enum(['info', 'success', 'warning', 'error']).default('info'),
});

/** What a notification says: `title` up to 200 and `message` up to 2,000 characters (default empty), `type` the colour (default info). */
export interface NotificationDraft {
  readonly title: string;
  readonly message?: string;
  readonly type?: 'info' | 'success' | 'warning' | 'error';
}

/** A notification of one user; times are ISO 8601 in UTC, `readAt` null while it is unread. */
export interface Notification extends Required<NotificationDraft> {
  readonly id: string;
  readonly createdAt: string;
  readonly readAt: string | null;
  /** What it is about, for who words it in the reader's language; absent where a person or an integrator has written it. */
  readonly code?: string;
  /** What the words are made of. */
  readonly values?: Readonly<Record<string, string>>;
}

/** A notification that the product itself tells, under an id of its own. */
export type Notice = Required<Omit<Notification, 'readAt'>>;

/** What a user is told of his notifications: what he was told last first, and how many are unread in all. */
export interface NotificationPage {
  readonly unread: number;
  readonly notifications: readonly Notification[];
}

/** The stored notifications of all users, each user's by themselves. */
export interface Notifications {
  /** Errors  INVALID, FORBIDDEN_TEXT, STORE_UNAVAILABLE */
  add(draft: NotificationDraft, userId: string): Promise<Notification>;
  /** Adds one unless the user has had it, as the newest of his: it may be of long before. Errors  STORE_UNAVAILABLE */
  addOnce(notice: Notice, userId: string): Promise<void>;
  list(userId: string, options: { readonly unread: boolean; readonly limit: number }): Promise<NotificationPage>;
  /** Marks one as read, keeping the time of the first reading, and says whether it was unread. Errors  NOT_FOUND, also for one of somebody else */
  markRead(userId: string, id: string): Promise<{ readonly notification: Notification; readonly wasUnread: boolean }>;
  /** Marks all as read and says which were unread; those that could not be marked stay so, and `failure` says why. */
  markAllRead(
    userId: string,
  ): Promise<{ readonly ids: readonly string[]; readonly failure: { readonly cause: unknown } | null }>;
}

/**
 * Notifications in the store's state, one bucket a user.
 *
 * Not as records: a record keeps a tombstone for ever and its last versions in the log, so that nothing of what was
 * bounded for the user would be bounded for the store. Nothing of it is in the log, in history or in a webhook.
 */
export function createNotifications(options: { state: StateStore; now?: () => number }): Notifications {
  const { state, now = Date.now } = options;
  const bucketOf = (userId: string): string => `notifications:${userId}`;
  /** The notices that a user has had, also those of which nothing is kept any more. */
  const toldBucketOf = (userId: string): string => `notifications.told:${userId}`;

  /** What was told first comes first. */
  async function all(userId: string): Promise<readonly { item: StateItem; notification: Notification }[]> {
    const items = (await state.list(bucketOf(userId))).filter(({ value }) => isJsonObject(value));
    return items
      .map((item) => ({ item, place: placeOf(item), notification: toNotification(item) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
  }

  /** Null when another tab was faster: then it is read as well. */
  function markItem(userId: string, { key, value, revision }: StateItem): Promise<number | null> {
    const read = { ...(value as JsonObject), readAt: new Date(now()).toISOString() };
    const expiresAt = Date.parse(String((value as JsonObject)['createdAt'])) + notificationLimits.lifetimeMs;
    return state.put(bucketOf(userId), key, read, { ifRevision: revision, expiresAt });
  }

  async function forgetOldest(userId: string): Promise<void> {
    const old = (await all(userId)).slice(0, -notificationLimits.perUser);
    for (const { item } of old) await state.delete(bucketOf(userId), item.key);
  }

  return {
    async add(draft, userId) {
      const checked = await validateRecord(draftSchema, draft as unknown as JsonObject);
      if (!checked.ok)
        throw new SyncError('INVALID', 'The notification is not what it can be.', {
          extensions: { errors: checked.errors },
        });
      const at = now();
      const id = uuidV7();
      const value: JsonValue = { ...checked.value, createdAt: new Date(at).toISOString(), readAt: null };
      await state.put(bucketOf(userId), id, value, { expiresAt: at + notificationLimits.lifetimeMs });
      await forgetOldest(userId);
      return toNotification({ key: id, value, revision: 0 });
    },
    async addOnce({ id, ...notice }, userId) {
      const expiresAt = Date.parse(notice.createdAt) + notificationLimits.lifetimeMs;
      if (expiresAt <= now() || (await state.get(toldBucketOf(userId), id)) !== null) return;
      const value = { ...notice, readAt: null, place: uuidV7() };
      const made = await state.put(bucketOf(userId), id, value, { ifRevision: 0, expiresAt });
      // After it: a crash in between tells nobody twice, and nobody too little.
      await state.put(toldBucketOf(userId), id, 1, { expiresAt });
      if (made !== null) await forgetOldest(userId);
    },
    async list(userId, { unread, limit }) {
      const notifications = (await all(userId)).map(({ notification }) => notification).reverse();
      const unreadOnes = notifications.filter(({ readAt }) => readAt === null);
      return { unread: unreadOnes.length, notifications: (unread ? unreadOnes : notifications).slice(0, limit) };
    },
    async markRead(userId, id) {
      const item = await state.get(bucketOf(userId), id);
      if (item === null || !isJsonObject(item.value))
        throw new SyncError('NOT_FOUND', `There is no notification "${id.slice(0, 100)}".`);
      const wasUnread = item.value['readAt'] === null && (await markItem(userId, item)) !== null;
      return { notification: toNotification((await state.get(bucketOf(userId), id)) ?? item), wasUnread };
    },
    async markAllRead(userId) {
      const unread = (await all(userId)).filter(({ notification }) => notification.readAt === null);
      const ids: string[] = [];
      let failure: { readonly cause: unknown } | null = null;
      const marks = unread.map(async ({ item }) => {
        try {
          if ((await markItem(userId, item)) !== null) ids.push(item.key);
        } catch (cause) {
          failure ??= { cause };
        }
      });
      await Promise.all(marks);
      return { ids, failure };
    },
  };
}

/** Ids rise with the time; but the one of a notice is as old as what it is about, which may be told long after. */
function placeOf({ key, value }: StateItem): string {
  return String((value as JsonObject)['place'] ?? key);
}

function toNotification({ key, value }: StateItem): Notification {
  const { title, message, type, createdAt, readAt, code, values } = value as unknown as Omit<Notification, 'id'>;
  const about = code === undefined || values === undefined ? {} : { code, values };
  return { id: key, title, message, type, createdAt, readAt, ...about };
}
