import type { PresenceEvent, PresenceMember } from '../../shared/protocol/presence.ts';

/** What the socket of a room says of who is there: plain, without keys and states. `active_users` are ids, each once, the reader's own among them. */
export interface RoomFrame {
  readonly type: 'user_joined' | 'user_left';
  readonly user_id: string;
  readonly user_name: string;
  readonly active_users: readonly string[];
}

/** The frames of one event, and who is in the room after it: what the next call is given. */
export interface RoomStep {
  readonly frames: readonly RoomFrame[];
  readonly members: readonly PresenceMember[];
}

/**
 * Says a presence event in the frames of a plain room: a user has joined with his first tab, and left with his last.
 *
 * A `sync` tells the difference to what was known: to a newcomer, everybody else who is there. Of the reader himself
 * nothing is told, whichever of his tabs comes or goes.
 */
export function toRoomFrames(
  event: PresenceEvent,
  selfUserId: string,
  before: readonly PresenceMember[] = [],
): RoomStep {
  const members = apply(event, before);
  const [known, there] = [namesOf(before), namesOf(members)];
  const active_users = [...there.keys()];
  const frame = (type: RoomFrame['type'], [user_id, user_name]: readonly [string, string]): RoomFrame => ({
    type,
    user_id,
    user_name,
    active_users,
  });
  const isNews = ([id]: readonly [string, string], other: ReadonlyMap<string, string>) =>
    id !== selfUserId && !other.has(id);
  return {
    members,
    frames: [
      ...[...known].filter((user) => isNews(user, there)).map((user) => frame('user_left', user)),
      ...[...there].filter((user) => isNews(user, known)).map((user) => frame('user_joined', user)),
    ],
  };
}

function apply({ event, members }: PresenceEvent, before: readonly PresenceMember[]): readonly PresenceMember[] {
  if (event === 'sync') return members;
  const others = before.filter((one) => !members.some((other) => isSame(one, other)));
  if (event === 'leave') return others;
  // In their places: an update is no arrival.
  const kept = before.map((one) => members.find((other) => isSame(one, other)) ?? one);
  return [...kept, ...members.filter((one) => !before.some((other) => isSame(one, other)))];
}

/** By connection and user: never by one of them alone. */
function isSame(one: PresenceMember, other: PresenceMember): boolean {
  return one.key === other.key && one.user.id === other.user.id;
}

function namesOf(members: readonly PresenceMember[]): Map<string, string> {
  return new Map(members.map(({ user }) => [user.id, user.name]));
}
