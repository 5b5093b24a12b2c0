import express, { type Request, type Response, type Router } from 'express';
import { SyncError } from '../../shared/problem.ts';
import type { User } from '../auth/permissions.ts';
import { handle } from '../handle.ts';
import { contextOf } from '../requestContext.ts';
import type { ReadTeller } from './createReadTeller.ts';
import { notificationLimits, type Notifications } from './createNotifications.ts';

/** How many an answer has unless `limit` says otherwise. */
const defaultLimit = 50;

/**
 * The signed-in user's own notifications. There is no way to name another user.
 *
 * Source  docs/http.md
 */
export function notificationRoutes({
  notifications,
  catchUp,
  onRead,
}: {
  readonly notifications: Notifications;
  /** Stores what a user has not been told yet, before he reads. */
  readonly catchUp: (user: User) => Promise<void>;
  /** One was read, or all of them were (null): the other tabs of the user are told. */
  readonly onRead: ReadTeller;
}): Router {
  const router = express.Router();
  router.use((request, response, next) => {
    userIdOf(request);
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/', handle(async (request, response) => {
    const unread = readUnread(request.query['unread']);
    await catchUp(userOf(request));
    response.json(await notifications.list(userIdOf(request), { unread, limit: readLimit(request.query['limit']) }));
  })); // prettier-ignore
  router.post('/read-all', handle(async (request, response) => {
    const userId = userIdOf(request);
    const { ids, failure } = await notifications.markAllRead(userId);
    if (failure !== null) {
      // Those that were marked are told by themselves: who asks again has only the others left.
      for (const id of ids) await onRead(userId, id);
      throw failure.cause;
    }
    if (ids.length > 0) await onRead(userId, null);
    response.json({ read: ids.length });
  })); // prettier-ignore
  router.post('/:id/read', handle(async (request, response) => {
    const [userId, id] = [userIdOf(request), String(request.params['id'])];
    const { notification, wasUnread } = await notifications.markRead(userId, id);
    if (wasUnread) await onRead(userId, id);
    response.json(notification);
  })); // prettier-ignore
  router.all('/', (request, response) => refuseMethod(request, response, 'GET'));
  for (const path of ['/read-all', '/:id/read'])
    router.all(path, (request, response) => refuseMethod(request, response, 'POST'));
  return router;
}

function userIdOf(request: Request): string {
  return userOf(request).id;
}

function userOf(request: Request): User {
  const { user } = contextOf(request).identity;
  if (user === null) throw new SyncError('LOGIN_REQUIRED', 'Notifications are for people who sign in.');
  return user;
}

function readUnread(value: unknown): boolean {
  if (value === undefined || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true') return true;
  throw new SyncError('BAD_PARAMETER', '"unread" has to be 1, true, 0 or false.');
}

function readLimit(value: unknown): number {
  if (value === undefined) return defaultLimit;
  const { perUser } = notificationLimits;
  const limit = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= perUser) return limit;
  throw new SyncError('BAD_PARAMETER', `"limit" has to be a whole number from 1 to ${perUser}.`);
}

function refuseMethod(_request: Request, response: Response, allowed: string): never {
  response.set('Allow', allowed);
  throw new SyncError('METHOD_NOT_ALLOWED', `This address takes ${allowed}.`, { extensions: { allowed: [allowed] } });
}
