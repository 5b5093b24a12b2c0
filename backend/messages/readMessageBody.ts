import type { Request } from 'express';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import { isChannelName } from '../../shared/protocol/presence.ts';
import type { Core } from '../core.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { bodyKind, readJsonBody } from '../records/readJsonBody.ts';

/** How many users one broadcast can name. */
export const maxUserIds = 1_000;

/**
 * Reads the body of a request about messages, an object with no other members than these.
 *
 * A member that is not known is refused: `userId` for `userIds` would tell everybody what was meant for one.
 *
 * Shape   no body at all is an empty object
 * Errors  BAD_PARAMETER with the nearest name; BODY_NOT_OBJECT, and those of readJsonBody and inspectJson
 */
export async function readMessageBody(core: Core, request: Request, members: readonly string[]): Promise<JsonObject> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return {};
  if (bodyKind(headers['content-type']) !== 'fields') throw new SyncError('MEDIA_TYPE', 'Send application/json.');
  const body = await readJsonBody(request, core.limits.maxBodyBytes);
  inspectJson(body, core.limits.maxDepth);
  if (!isJsonObject(body)) throw new SyncError('BODY_NOT_OBJECT', `Send an object with ${members.join(', ')}.`);
  for (const name of Object.keys(body)) {
    if (members.includes(name)) continue;
    const nearest = nearestName(name, members);
    const hint = nearest ? ` Did you mean "${nearest}"?` : '';
    throw new SyncError(
      'BAD_PARAMETER',
      `"${name.slice(0, 100)}" is not known here.${hint} Known: ${members.join(', ')}.`,
    );
  }
  return body;
}

/** The room of a body; undefined when it names none. Errors  BAD_PARAMETER */
export function readRoom({ room }: JsonObject): string | undefined {
  if (room === undefined || isChannelName(room)) return room;
  throw new SyncError('BAD_PARAMETER', '"room" has 1 to 200 letters, digits and _ . : -, such as project:4.');
}

/** The users that a body names; undefined when it names none. Errors  BAD_PARAMETER, also for an empty list, which would reach nobody */
export function readUserIds({ userIds }: JsonObject): readonly string[] | undefined {
  if (userIds === undefined) return undefined;
  if (Array.isArray(userIds) && userIds.length > 0 && userIds.length <= maxUserIds && userIds.every(isUserId))
    return [...new Set(userIds as readonly string[])];
  throw new SyncError('BAD_PARAMETER', `"userIds" has to be a list of 1 to ${maxUserIds} ids of users.`);
}

/** The user that a body leaves out; undefined when it leaves out none. Errors  BAD_PARAMETER */
export function readExcludedUser({ excludeUserId }: JsonObject): string | undefined {
  if (excludeUserId === undefined || isUserId(excludeUserId)) return excludeUserId;
  throw new SyncError('BAD_PARAMETER', '"excludeUserId" has to be the id of a user.');
}

function isUserId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200;
}
