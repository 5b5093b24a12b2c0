import { jsonEquals } from '../../shared/merge/index.ts';
import type { PresenceMember } from '../../shared/protocol/presence.ts';
import type { CarriedMember, EndedMembership } from '../stores/presenceCarrier.ts';

/** What a reader of a channel is told of one member. */
export interface PresenceChange {
  readonly event: 'join' | 'update' | 'leave';
  readonly channel: string;
  readonly member: PresenceMember;
}

/** Who is in which channel, put together from what every node says. */
export interface PresenceRoster {
  /**
   * A node says that somebody is in a channel.
   *
   * Units   changedAt milliseconds of the carrier's clock; infinity for what this node has not told yet, which is the newest
   */
  set(node: string, member: CarriedMember, changedAt: number): PresenceChange[];
  /** A node says that a membership is over. */
  remove(node: string, ended: EndedMembership): PresenceChange[];
  /** A membership as a node says it; null when it has none. */
  find(node: string, membership: EndedMembership): CarriedMember | null;
  /** True when what the node says of a membership is what is shown. */
  isShown(node: string, membership: EndedMembership): boolean;
  /** Everything that a node says. */
  membersOf(node: string): readonly CarriedMember[];
  /** The nodes that say anything. */
  nodes(): readonly string[];
  /** True when a node says that another user has this key. */
  isKeyOfAnother(key: string, userId: string): boolean;
  members(channel: string): readonly PresenceMember[];
  stats(): { readonly channels: number; readonly members: number; readonly users: number };
}

/** What one node says of a member. */
interface Statement {
  readonly member: CarriedMember;
  readonly changedAt: number;
}

/** A member of a channel: shown once, however many nodes say that he is there. */
interface Place {
  shown: PresenceMember;
  readonly statements: Map<string, Statement>;
}

/**
 * Makes an empty roster.
 *
 * A member is a key and a user: never a key alone, or somebody with a guessed key could speak for another, and never a user
 * alone, or two tabs would be one. A client that moves to another node is for a while in the word of both; the newer wins.
 */
export function createPresenceRoster(): PresenceRoster {
  const channels = new Map<string, Map<string, Place>>();
  const byNode = new Map<string, Map<string, CarriedMember>>();
  /** How many memberships each user has under a key. */
  const owners = new Map<string, Map<string, number>>();

  function count(key: string, userId: string, by: 1 | -1): void {
    const users = owners.get(key) ?? new Map<string, number>();
    const left = (users.get(userId) ?? 0) + by;
    if (left > 0) users.set(userId, left);
    else users.delete(userId);
    if (users.size > 0) owners.set(key, users);
    else owners.delete(key);
  }

  const placeOf = (member: CarriedMember): Place | undefined => channels.get(member.channel)?.get(identityOf(member));

  function remove(node: string, ended: EndedMembership): PresenceChange[] {
    const said = byNode.get(node);
    const member = said?.get(nameOf(ended));
    if (said === undefined || member === undefined) return [];
    said.delete(nameOf(ended));
    if (said.size === 0) byNode.delete(node);
    count(member.key, member.user.id, -1);
    const channel = channels.get(member.channel);
    const place = placeOf(member);
    if (channel === undefined || place === undefined) return [];
    place.statements.delete(node);
    if (place.statements.size > 0) return show(place, member.channel);
    channel.delete(identityOf(member));
    if (channel.size === 0) channels.delete(member.channel);
    return [{ event: 'leave', channel: member.channel, member: place.shown }];
  }

  return {
    set(node, member, changedAt) {
      const said = byNode.get(node) ?? new Map<string, CarriedMember>();
      const before = said.get(nameOf(member));
      // The key was given back and taken by somebody else between two looks.
      const gone = before !== undefined && before.user.id !== member.user.id ? remove(node, before) : [];
      if (before?.user.id !== member.user.id) count(member.key, member.user.id, 1);
      byNode.set(node, said.set(nameOf(member), member));
      const channel = channels.get(member.channel) ?? new Map<string, Place>();
      channels.set(member.channel, channel);
      const place = channel.get(identityOf(member));
      if (place !== undefined) {
        place.statements.set(node, { member, changedAt });
        return [...gone, ...show(place, member.channel)];
      }
      const shown = toShown(member, member.joinedAt);
      channel.set(identityOf(member), { shown, statements: new Map([[node, { member, changedAt }]]) });
      return [...gone, { event: 'join', channel: member.channel, member: shown }];
    },
    remove,
    find: (node, membership) => byNode.get(node)?.get(nameOf(membership)) ?? null,
    isShown(node, membership) {
      const member = byNode.get(node)?.get(nameOf(membership));
      const place = member && placeOf(member);
      return place !== undefined && newest(place)[0] === node;
    },
    membersOf: (node) => [...(byNode.get(node)?.values() ?? [])],
    nodes: () => [...byNode.keys()],
    isKeyOfAnother: (key, userId) => [...(owners.get(key)?.keys() ?? [])].some((owner) => owner !== userId),
    members: (channel) => [...(channels.get(channel)?.values() ?? [])].map(({ shown }) => shown).sort(byArrival),
    stats() {
      const places = [...channels.values()].flatMap((channel) => [...channel.values()]);
      const users = new Set(places.map(({ shown }) => shown.user.id));
      return { channels: channels.size, members: places.length, users: users.size };
    },
  };
}

/** Shows what is newest of a member; tells it where it differs from what was shown. */
function show(place: Place, channel: string): PresenceChange[] {
  const [, { member }] = newest(place);
  const arrivals = [...place.statements.values()].map((statement) => statement.member.joinedAt).sort();
  const isSame = jsonEquals(member.state, place.shown.state) && member.user.name === place.shown.user.name;
  if (isSame) return [];
  place.shown = toShown(member, arrivals[0] ?? member.joinedAt);
  return [{ event: 'update', channel, member: place.shown }];
}

/** Of equal times the same one on every node. */
function newest({ statements }: Place): readonly [node: string, statement: Statement] {
  let best: readonly [string, Statement] | undefined;
  for (const one of statements) {
    const isNewer =
      best === undefined ||
      one[1].changedAt > best[1].changedAt ||
      (one[1].changedAt === best[1].changedAt && one[0] > best[0]);
    if (isNewer) best = one;
  }
  if (best === undefined) throw new Error('A place without a statement is removed at once.');
  return best;
}

function toShown({ key, user, state }: CarriedMember, joinedAt: string): PresenceMember {
  return { key, user, state, joinedAt };
}

function byArrival(one: PresenceMember, other: PresenceMember): number {
  if (one.joinedAt !== other.joinedAt) return one.joinedAt < other.joinedAt ? -1 : 1;
  return one.key < other.key ? -1 : 1;
}

const nameOf = ({ channel, key }: EndedMembership): string => JSON.stringify([channel, key]);
const identityOf = ({ key, user }: PresenceMember): string => JSON.stringify([key, user.id]);
