import express, { type Request, type Response, type Router } from 'express';
import { formatCursor } from '../../shared/cursor.ts';
import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { User } from '../auth/permissions.ts';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import type { MessageEntry } from '../log/entry.ts';
import { refuseUnless } from '../records/recordTarget.ts';
import type { LimitStores } from '../redis/limitStores.ts';
import { contextOf } from '../requestContext.ts';
import type { OutgoingMessage, Publisher } from './createPublisher.ts';
import type { RoomSender } from './createRoomSender.ts';
import type { MessageTypes } from './messageTypes.ts';
import { notificationsResource } from './notificationsResource.ts';
import { readExcludedUser, readMessageBody, readRoom, readUserIds } from './readMessageBody.ts';
import { sendLimit, sendWindowMs } from './sendLimit.ts';

/** What sending stands on. */
export interface MessageRoutesOptions {
  readonly core: Core;
  readonly publisher: Publisher;
  readonly types: MessageTypes;
  readonly sendToRoom: RoomSender;
  /** What a user's records have to have; null for all. */
  readonly scopeOf: (user: User) => JsonObject | null;
  /** Says whether a user may be in a room: who may not be there says nothing there. */
  readonly canJoin: (user: User, room: string) => boolean | Promise<boolean>;
  /** False: sending is not counted. */
  readonly isLimited: boolean;
  /** Where it is counted. */
  readonly limits: LimitStores;
}

/**
 * `POST /send`, `/broadcast` and `/force`.
 *
 * What a user sends stays in his scope, whomever he names; see isFor.
 *
 * Source  docs/http.md
 */
export function messageRoutes(options: MessageRoutesOptions): Router {
  const { core, publisher, types, scopeOf, canJoin, sendToRoom } = options;
  const router = express.Router();
  const limit = options.isLimited ? [sendLimit(options.limits.create('sends', sendWindowMs))] : [];
  const before = [refuseVisitor, ...limit];

  const publish = (user: User, message: OutgoingMessage): Promise<MessageEntry> =>
    publisher.publish({ ...message, from: { id: user.id, name: user.name } });

  function answer(response: Response, { id, type, seq, at }: MessageEntry, more: object = {}): void {
    const cursor = formatCursor({ epoch: core.store.log.epoch, seq });
    const sent = { success: true, id, type, cursor, timestamp: at, ...more };
    response.status(201).set('Cache-Control', 'no-store').json(sent);
  }

  router.post('/send', before, handle(async (request, response) => {
    const user = userOf(request);
    const body = await readMessageBody(core, request, ['type', 'payload', 'room']);
    const [type, payload] = [types.read(body['type']), body['payload']];
    const room = readRoom(body);
    if (room !== undefined && !(await canJoin(user, room)))
      throw new SyncError('FORBIDDEN', `${user.name} may not be in the room "${room}".`);
    const entry = room === undefined
      ? await publish(user, { type, payload, to: { kind: 'users', ids: [user.id] } })
      : await sendToRoom(user, { room, type, payload });
    core.logger.debug({ requestId: contextOf(request).requestId, actor: user.name, type, room, id: entry.id }, 'message');
    answer(response, entry);
  })); // prettier-ignore

  router.post('/broadcast', before, handle(async (request, response) => {
    refuseUnless(core, request, 'configure', notificationsResource);
    const user = userOf(request);
    const body = await readMessageBody(core, request, ['type', 'payload', 'userIds', 'room', 'excludeUserId']);
    const [type, payload] = [types.read(body['type']), body['payload']];
    const [room, userIds, scope] = [readRoom(body), readUserIds(body), scopeOf(user)];
    if (room !== undefined && userIds !== undefined)
      throw new SyncError('BAD_PARAMETER', 'Send "userIds" or "room", not both.');
    const to: OutgoingMessage['to'] =
      userIds !== undefined ? { kind: 'users', ids: userIds }
        : room !== undefined ? { kind: 'room', room }
          : { kind: 'scope', scope: scope ?? {} };
    const entry = await publish(user, { type, payload, to, excludeUserId: readExcludedUser(body), within: scope ?? undefined });
    core.logger.info({ requestId: contextOf(request).requestId, actor: user.name, type, to: to.kind, id: entry.id }, 'broadcast');
    answer(response, entry);
  })); // prettier-ignore

  router.post('/force', before, handle(async (request, response) => {
    const user = userOf(request);
    const mayConfigure = core.permissions.can(user, 'configure', notificationsResource, null);
    const { scope = mayConfigure ? 'all' : 'me' } = await readMessageBody(core, request, ['scope']);
    if (scope !== 'me' && scope !== 'all') throw new SyncError('BAD_PARAMETER', '"scope" has to be me or all.');
    if (scope === 'all') refuseUnless(core, request, 'configure', notificationsResource);
    const to: OutgoingMessage['to'] =
      scope === 'me' ? { kind: 'users', ids: [user.id] } : { kind: 'scope', scope: scopeOf(user) ?? {} };
    const entry = await publish(user, { type: forceType, payload: null, to });
    core.logger.info({ requestId: contextOf(request).requestId, actor: user.name, scope }, 'clients are told to load again');
    answer(response, entry, { scope });
  })); // prettier-ignore

  for (const path of ['/send', '/broadcast', '/force']) router.all(path, refuseMethod);
  return router;
}

/** The type of the message that makes clients load everything again; no client can send it. */
export const forceType = 'sync.force';

function refuseVisitor(request: Request, _response: Response, next: () => void): void {
  userOf(request);
  next();
}

function userOf(request: Request): User {
  const { user } = contextOf(request).identity;
  if (user === null)
    throw new SyncError('LOGIN_REQUIRED', 'Sign in at POST /auth/login, or send Authorization: Bearer <token>.');
  return user;
}

function refuseMethod(_request: Request, response: Response): never {
  response.set('Allow', 'POST');
  throw new SyncError('METHOD_NOT_ALLOWED', 'This address takes POST.', { extensions: { allowed: ['POST'] } });
}
