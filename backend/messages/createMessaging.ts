import express, { type Router } from 'express';
import type { JsonObject } from '../../shared/json.ts';
import type { User } from '../auth/permissions.ts';
import type { Core } from '../core.ts';
import type { LimitStores } from '../redis/limitStores.ts';
import { createNotifications, type Notifications } from './createNotifications.ts';
import { createPublisher, type Publisher } from './createPublisher.ts';
import { createReadTeller } from './createReadTeller.ts';
import { createRoomSender, type RoomSender } from './createRoomSender.ts';
import { createEndpointNotices } from './endpointNotices.ts';
import { createMessageQueueService, type MessageQueue } from './messageQueueService.ts';
import { messageRoutes } from './messageRoutes.ts';
import { createMessageTypes, type MessageDeclarations } from './messageTypes.ts';
import { notificationReadType } from '../../shared/protocol/messages.ts';
import { notificationRoutes } from './notificationRoutes.ts';

/** What the messages of an installation are made of. */
export interface MessagingOptions {
  readonly core: Core;
  readonly declared: MessageDeclarations | undefined;
  readonly scopeOf: (user: User) => JsonObject | null;
  readonly canJoin: (user: User, room: string) => boolean | Promise<boolean>;
  /** False: what a user sends is not counted. */
  readonly isLimited: boolean;
  /** Where it is counted. */
  readonly limits: LimitStores;
  /** Ends following the log. */
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** The messages of an installation. */
export interface Messaging {
  /** `/sync/send`, `/sync/broadcast`, `/sync/force` and `/notifications`. */
  readonly router: Router;
  readonly publisher: Publisher;
  readonly queue: MessageQueue;
  readonly sendToRoom: RoomSender;
  readonly notifications: Notifications;
}

/** Puts the parts together, on a store that is open. */
export function createMessaging(options: MessagingOptions): Messaging {
  const { core, closing, onError } = options;
  const types = createMessageTypes(options.declared);
  const publisher = createPublisher({ store: core.store, types });
  const queue = createMessageQueueService({ log: core.store.log, onError });
  closing.addEventListener('abort', () => queue.close(), { once: true });
  const notifications = createNotifications({ state: core.store.state });
  const sendToRoom = createRoomSender({ publisher, types, scopeOf: options.scopeOf });
  const router = express.Router();
  router.use('/sync', messageRoutes({ ...options, publisher, types, sendToRoom }));
  const onRead = createReadTeller({
    publish: (userId, id) =>
      publisher.publish({ type: notificationReadType, payload: { id }, to: { kind: 'users', ids: [userId] } }),
    closing,
    onError,
  });
  const { catchUp } = createEndpointNotices({ core, notifications });
  router.use('/notifications', notificationRoutes({ notifications, catchUp, onRead }));
  return { router, publisher, queue, sendToRoom, notifications };
}
