import express, { type Router } from 'express';
import { isJsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Revocations } from '../auth/revocations.ts';
import { handle } from '../handle.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { readJsonBody } from '../records/readJsonBody.ts';
import { contextOf } from '../requestContext.ts';
import type { Presence } from './createPresence.ts';
import type { RoomAccess } from './createRoomAccess.ts';

/** Sizes of a body, as for every other one. */
export interface PresenceRoutesOptions {
  readonly presence: Presence;
  readonly rooms: RoomAccess;
  readonly revocations: Revocations;
  readonly limits: { readonly maxBodyBytes: number; readonly maxDepth: number };
}

/**
 * `POST /presence { channel, key, state }`: presence of a client without a socket. `state` null leaves; the same state again
 * is a sign of life, due at least once in two heartbeats. Answers who is there.
 *
 * Errors  LOGIN_REQUIRED, also for who was revoked meanwhile; BAD_PARAMETER, those of Presence.track and RoomAccess.refuse
 */
export function presenceRoutes({ presence, rooms, revocations, limits }: PresenceRoutesOptions): Router {
  const router = express.Router();
  router.post('/presence', handle(async (request, response) => {
    const { user, asOf, session } = contextOf(request).identity;
    if (user === null) throw new SyncError('LOGIN_REQUIRED', 'Presence is for people who sign in.');
    const body = await readJsonBody(request, limits.maxBodyBytes);
    inspectJson(body, limits.maxDepth);
    if (!isJsonObject(body)) throw new SyncError('BODY_NOT_OBJECT', 'Send { channel, key, state }.');
    const { channel, key, state } = body;
    if (typeof channel !== 'string' || typeof key !== 'string' || (state !== null && !(state !== undefined && isJsonObject(state))))
      throw new SyncError('BAD_PARAMETER', 'Send { channel, key, state }: two texts, and an object or null.');
    if (state === null) presence.untrack(channel, key, user.id);
    else {
      await rooms.refuse(user, channel);
      // Right before he enters: revoked while he was asked, he would be there for as long as he goes on saying so.
      if (asOf) revocations.refuse({ userId: user.id, asOf, session });
      presence.track({ channel, key, user: { id: user.id, name: user.name }, state });
      await presence.refresh();
    }
    // Who left may not look any more.
    response.set('Cache-Control', 'no-store').json({ channel, members: state === null ? [] : presence.members(channel) });
  })); // prettier-ignore
  return router;
}
