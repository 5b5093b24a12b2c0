import { SyncError } from '../../shared/problem.ts';
import { isChannelName } from '../../shared/protocol/presence.ts';
import type { PermissionOptions, Permissions, User } from '../auth/permissions.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { Resource } from '../records/defineResource.ts';

/** The integrator's own rule for rooms and presence. */
export interface RoomAccessOptions {
  /** Who may be in a channel, and hear and say what is said there. Default: who may read the record that it names; another channel is for everybody who signed in, or nobody where `scope` is given. */
  readonly canJoin?: (user: User, channel: string) => boolean | Promise<boolean>;
}

/** What deciding needs of an installation. */
export interface RoomAccessParts extends RoomAccessOptions {
  readonly permissions: Permissions;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Loads a record as its readers see it, with its counters. */
  readonly load: (resource: Resource, id: string) => Promise<StoredRecord | null>;
  /** The installation's rule; only whether there is one counts here. */
  readonly scope?: PermissionOptions['scope'];
}

/** Decides who may enter which channel. */
export interface RoomAccess {
  /** Rejects with what `canJoin` or the store fails with: not known is not allowed. */
  mayJoin(user: User | null, channel: string): Promise<boolean>;
  /**
   * Does nothing when the user may join.
   *
   * Errors  BAD_PARAMETER for a text that is no name, LOGIN_REQUIRED, FORBIDDEN (also for a record that does not exist), STORE_UNAVAILABLE
   */
  refuse(user: User | null, channel: string): Promise<void>;
}

/**
 * Makes the rule of an installation.
 *
 * A channel names a record with its last two parts, `goals:17` or `presence:goal:17`: the resource or one of it, and the id.
 */
export function createRoomAccess(parts: RoomAccessParts): RoomAccess {
  const { canJoin, permissions, resources, load } = parts;

  /** Null when he may; otherwise why not. */
  async function fault(user: User | null, channel: unknown): Promise<SyncError | null> {
    if (!isChannelName(channel)) {
      return new SyncError(
        'BAD_PARAMETER',
        'The name of a channel has 1 to 200 letters, digits and _ . : -, such as project:4.',
      );
    }
    if (user === null) return new SyncError('LOGIN_REQUIRED', `Sign in to join "${channel}".`);
    const forbidden = new SyncError('FORBIDDEN', `${user.name} may not join "${channel}".`);
    // Nothing but true: what an untyped rule gives by mistake lets nobody in.
    if (canJoin) return (await canJoin(user, channel)) === true ? null : forbidden;
    const named = recordOf(channel);
    if (named === null) {
      if (parts.scope === undefined) return null;
      return new SyncError(
        'FORBIDDEN',
        `"${channel}" names no record, and where \`scope\` divides the users nobody joins such a channel. Name a record, such as goal:17, or say who may join with \`canJoin\` of createSync.`,
      );
    }
    const { resource, id } = named;
    if (!permissions.can(user, 'read', resource, null)) return forbidden;
    const record = (await load(resource, id))?.record ?? null;
    // The same answer without a record and for a hidden one: the difference would say which exist.
    return record !== null && permissions.can(user, 'read', resource, record) ? null : forbidden;
  }

  function recordOf(channel: string): { readonly resource: Resource; readonly id: string } | null {
    const words = channel.split(':');
    const [word = '', id = ''] = words.slice(-2);
    if (word === '' || words.length < 2 || id === '') return null;
    const resource = resources.get(word) ?? [...resources.values()].find(({ name }) => isOneOf(word, name));
    return resource === undefined ? null : { resource, id };
  }

  return {
    mayJoin: async (user, channel) => (await fault(user, channel)) === null,
    async refuse(user, channel) {
      const found = await fault(user, channel);
      if (found !== null) throw found;
    },
  };
}

/** `goal` of `goals`, `box` of `boxes`, `agent_activity` of `agent_activities`. */
function isOneOf(word: string, resource: string): boolean {
  return [`${word}s`, `${word}es`, word.replace(/y$/, 'ies')].includes(resource);
}
