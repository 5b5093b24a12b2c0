import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError, type ProblemExtensions } from '../../shared/problem.ts';
import { isChannelName, presenceLimits } from '../../shared/protocol/presence.ts';
import { inspectJson } from '../records/inspectJson.ts';

/** Who wants to be where, with what he says of himself. */
export interface TrackedMember {
  readonly channel: string;
  readonly key: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly state: JsonObject;
}

const maxStateDepth = 16;

/**
 * Refuses what may not enter a channel; returns a copy with nothing else of the user than id and name.
 *
 * The id and the name are looked at as well: one text that the database refuses would keep the whole node from telling.
 *
 * Errors  BAD_PARAMETER for the name of a channel, a key, a state that is no object; PRESENCE_LIMIT for one that is too large;
 *         FORBIDDEN_KEY, FORBIDDEN_TEXT, BODY_TOO_DEEP, INVALID of `inspectJson`
 */
export function inspectMember({ channel, key, user, state }: TrackedMember): TrackedMember {
  if (!isChannelName(channel)) {
    refuse(
      `"channel" has to be 1 to ${presenceLimits.maxChannelLength} letters, digits and _ . : -, such as presence:goal:17.`,
    );
  }
  if (typeof key !== 'string' || !/^[\w.:-]{1,128}$/.test(key)) {
    refuse('"key" has to be 1 to 128 letters, digits and _ . : -, and unique per tab.');
  }
  if (!isJsonObject(state)) refuse('"state" has to be a JSON object, such as { "field": "title" }.');
  const { id, name } = user;
  inspectJson({ id, name, state }, maxStateDepth + 1);
  const json = JSON.stringify(state);
  const bytes = Buffer.byteLength(json);
  if (bytes > presenceLimits.maxStateBytes) {
    refuseLimit(`A state has at most ${presenceLimits.maxStateBytes} bytes as JSON; this one has ${bytes}.`, {
      maxStateBytes: presenceLimits.maxStateBytes,
    });
  }
  return { channel, key, user: { id, name }, state: JSON.parse(json) as JsonObject };
}

/**
 * Refuses one channel too many.
 *
 * Errors  PRESENCE_LIMIT
 */
export function refuseTooManyChannels(): never {
  const { maxChannels } = presenceLimits;
  return refuseLimit(`A connection is in at most ${maxChannels} channels; leave one first.`, { maxChannels });
}

function refuseLimit(detail: string, extensions: ProblemExtensions): never {
  throw new SyncError('PRESENCE_LIMIT', detail, { extensions });
}

function refuse(detail: string): never {
  throw new SyncError('BAD_PARAMETER', detail);
}
