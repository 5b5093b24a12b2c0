import type { User } from '../auth/permissions.ts';
import type { Presence } from './createPresence.ts';
import type { RoomAccess } from './createRoomAccess.ts';

/**
 * Asks again for every channel that a user is in on this node, and for those that his connection follows; takes him out of
 * those that he may no longer join, and returns their names, so that the caller ends what it follows and says why.
 *
 * Errors  what `mayJoin` rejects with; then he stays where he is, and the next check asks again
 */
export async function recheckRooms(options: {
  readonly presence: Presence;
  readonly access: RoomAccess;
  /** As he signed in now: his role may be another one. */
  readonly user: User;
  readonly followed: Iterable<string>;
}): Promise<readonly string[]> {
  const { presence, access, user } = options;
  const channels = [...new Set([...presence.channelsOf(user.id).keys(), ...options.followed])];
  const answers = await Promise.all(channels.map((channel) => access.mayJoin(user, channel)));
  const lost = channels.filter((_channel, index) => answers[index] === false);
  // Read again: he may have entered with another tab while it was asked.
  const present = presence.channelsOf(user.id);
  for (const channel of lost) for (const key of present.get(channel) ?? []) presence.untrack(channel, key, user.id);
  return lost;
}
