import type { Actor } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { MessageEntry } from '../log/entry.ts';
import type { Notification, NotificationDraft } from './createNotifications.ts';
import type { MessageQueueStats } from './messageQueueService.ts';
import type { Publishing } from './publishing.ts';

/** Whom server code tells: one of these. */
export interface MessageAudience {
  readonly userIds?: readonly string[];
  /** Who follows the room at that moment. */
  readonly room?: string;
  /** Everybody who is signed in and whose scope has these values; `{}` is everybody. Default `{}` where createSync has no `scope`; else it has to be said. */
  readonly scope?: JsonObject;
  /** A user who is not told. Default nobody. */
  readonly excludeUserId?: string;
}

/** What server code may say about a change that it tells. */
export interface EmitOptions {
  /** Who did it. Default the server. */
  readonly actor?: Actor;
  /** How the page that did it recognises its own change. Default none. */
  readonly mutationId?: string;
  /**
   * The user who did it, by the name that older guides have for it. His other tabs need the change, so nothing is withheld:
   * he becomes the `actor`, by whose `id` his pages recognise it. Default none.
   */
  readonly excludeUserId?: string;
}

/** Live connections, as the realtime routes count them. */
export interface ConnectionFigures {
  /** By transport: `sse`, `websocket`, `poll`. */
  readonly transports: Readonly<Record<string, number>>;
  /** Different users who are connected; a visitor counts by his address. */
  readonly users: number;
}

/** What the service has done and holds at this moment; counters are since the start. */
export interface RealtimeStats {
  readonly connections: Readonly<Record<string, number>>;
  readonly users: number;
  readonly messages: Omit<MessageQueueStats, 'lag'> & { readonly published: number };
  /** How many entries of the log are not read yet by what decides which messages are told. */
  readonly lag: number;
  /** Dashboard updates, and changes told with `emit…`. */
  readonly dataUpdates: number;
  readonly notifications: number;
  /** Events that could not be told after a mutation that succeeded. */
  readonly errors: number;
}

/**
 * What server code tells, beside the changes that saves tell by themselves.
 *
 * `emitCreated`, `emitUpdated` and `emitDeleted` are for records of the integrator's own data. A record that is saved through
 * the product (its routes, `sync.records`, its middlewares) emits by itself: emitting it once more is not needed, and what
 * is emitted becomes the record.
 */
export interface RealtimeSyncService {
  /** Sends `{ type: 'data.updated', payload: { section, data } }` to a user, or to several. Errors  BODY_TOO_LARGE, STORE_UNAVAILABLE */
  publishDashboardUpdate(section: string, data: unknown, userId: string | readonly string[]): Promise<void>;
  /** Stores a notification for a user and announces it with a message `notification`. Errors  INVALID, STORE_UNAVAILABLE */
  publishNotification(notification: NotificationDraft, userId: string): Promise<Notification>;
  /** Tells a message of any type that does not begin with `sync.`. Errors  BAD_PARAMETER, INVALID, BODY_TOO_LARGE, STORE_UNAVAILABLE */
  emitEvent(type: string, payload: unknown, audience?: MessageAudience): Promise<MessageEntry>;
  /** `data` is the whole record. Errors  NOT_FOUND for a resource that is not declared, INVALID, STORE_UNAVAILABLE */
  emitCreated(resource: string, id: string, data: JsonObject, options?: EmitOptions): Promise<void>;
  /** `data` is the whole record as it is now. Errors  as emitCreated */
  emitUpdated(resource: string, id: string, data: JsonObject, options?: EmitOptions): Promise<void>;
  /** `data` is not looked at. Errors  as emitCreated */
  emitDeleted(resource: string, id: string, data?: JsonObject | null, options?: EmitOptions): Promise<void>;
  /**
   * Ends the open connections of a user, on every node. Call it after a session was ended or a right was taken away: who still
   * may comes in again and goes on from his place, and is asked by `authenticate` for the request that he comes with.
   *
   * Errors  STORE_UNAVAILABLE
   */
  revoke(userId: string | readonly string[]): Promise<void>;
  /**
   * Wraps a function that changes something: tells what `describe` says, after it succeeded and only then.
   *
   * The wrapped function gives and throws what the function does. Telling that fails goes to the logger and is counted in
   * `stats().errors`: the mutation has happened, and its caller must not be told that it has not.
   */
  readonly publishing: Publishing;
  stats(): RealtimeStats;
}
