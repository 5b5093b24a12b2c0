import type { ChangeEvent, ResetEvent, SyncEvent, SyncMessageEvent } from '../../../shared/protocol/events.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import { extremePlace, isAfter, isAtOrAfter, isKnownPlace, isSameEpoch } from './comparePlaces.ts';
import { uniteWants, type Subscription, type Wants } from './subscription.ts';

/** One local listener of the connection, and how far it is. */
export interface Member {
  readonly wants: Wants;
  /** Everything up to here was told to it, or is not for it; null: from the moment when the server first answers. */
  position: string | null;
  isOpen: boolean;
  /** `new` until the server accepted what it wants; `refused` is left out. */
  standing: 'new' | 'accepted' | 'refused';
  readonly take: (event: ChangeEvent | SyncMessageEvent | ResetEvent) => void;
  readonly onRefused: (problem: SyncProblem) => void;
}

type Placed = Exclude<SyncEvent, { type: 'presence' | 'error' }>;

/** What became of an event. `again`: it was about a place where nobody is any more; ask again from where they are. */
export type Receipt = 'taken' | 'again';

/** The local listeners of a connection. */
export interface Members {
  add(member: Member): void;
  remove(member: Member): void;
  /** True while nothing is wanted that may be asked for. */
  readonly isEmpty: boolean;
  /** The place up to which the connection told everything; null before the first answer. */
  readonly place: string | null;
  /** Everything that is wanted now, as one subscription; for who was somebody, one that no visitor gets. */
  compose(isSomebody: boolean): Subscription;
  /** True when a subscription still is what is wanted; members that came at or after its place join it. */
  fits(subscription: Subscription): boolean;
  receive(subscription: Subscription, event: SyncEvent): Receipt;
  /** Nobody can be told of what is refused; true when there is something left to ask for. */
  refuse(subscription: Subscription, problem: SyncProblem): boolean;
  /** What was refused may be asked for again. */
  forgive(): void;
}

/**
 * Keeps who listens, unites what they want, and hands each event to whom it is for, once and in order.
 *
 * Invariants (tests/property/connectionLaws.test.ts)
 *   A member's position only grows within an epoch; another epoch begins with a reset.
 *   An event at or below the position is dropped: two transports overlap by design at each change from one to the other.
 *   A subscription moves only the members that it was made for.
 */
export function createMembers(options: {
  readonly onPresence: (event: Extract<SyncEvent, { type: 'presence' }>) => void;
  readonly explain: (sentence: () => string) => void;
}): Members {
  const all = new Set<Member>();
  const covered = new WeakMap<Subscription, Set<Member>>();
  /** True after a refusal: what is new is tried one by one, so that one bad wish does not silence the others. */
  let isCautious = false;
  let place: string | null = null;

  const wanted = (): readonly Member[] => {
    const open = [...all].filter((member) => member.standing !== 'refused');
    if (!isCautious) return open;
    const next = open.find((member) => member.standing === 'new');
    return open.filter((member) => member.standing === 'accepted' || member === next);
  };
  const requestOf = (members: readonly Member[]) => uniteWants(members.map((member) => member.wants));
  const membersOf = (subscription: Subscription): readonly Member[] =>
    [...(covered.get(subscription) ?? [])].filter((member) => member.isOpen);

  /** What a subscription tells from here on is too late for a member; it waits for the next subscription. */
  const leaveOut = (subscription: Subscription, member: Member): void => void covered.get(subscription)?.delete(member);

  /** Moves a member to a cursor; false when it is there already. */
  const move = (member: Member, cursor: string): boolean => {
    if (isKnownPlace(member.position) && !isAfter(cursor, member.position)) return false;
    member.position = cursor;
    return true;
  };

  /** The answer to a subscription from now: true for what only says where now is. */
  const begin = (subscription: Subscription, event: Placed): Receipt | 'go on' => {
    const members = membersOf(subscription);
    // Another transport was quicker, and told less than this one skips.
    const skipped = members.filter(({ position }) => position !== null && !isAtOrAfter(position, event.cursor));
    for (const member of skipped) leaveOut(subscription, member);
    if (skipped.length > 0) return 'again';
    if (event.type === 'change' || event.type === 'message') return 'go on';
    if (event.type === 'reset' && event.reason !== 'start') return 'go on';
    for (const member of members) member.position ??= event.cursor;
    return 'taken';
  };

  const receiveReset = (subscription: Subscription, event: ResetEvent): Receipt => {
    const isOrdered = event.reason === 'forced' || event.scope === 'messages';
    const from = subscription.told ?? subscription.request.since ?? null;
    let receipt: Receipt = 'taken';
    for (const member of membersOf(subscription)) {
      const { position } = member;
      if (isOrdered ? !move(member, event.cursor) : isElsewhere(position, from)) {
        // It asked from another place, or another transport brought it further: whether it missed anything is asked from there.
        if (isOrdered || position === null || isAtOrAfter(position, event.cursor)) continue;
        leaveOut(subscription, member);
        receipt = 'again';
        continue;
      }
      member.position = event.cursor;
      if (event.scope === 'changes' || member.wants.messages) hand(member, event);
    }
    return receipt;
  };

  const receiveOrdered = (subscription: Subscription, event: ChangeEvent | SyncMessageEvent): void => {
    for (const member of membersOf(subscription)) {
      // Closed by a listener that was told before it.
      if (!member.isOpen) continue;
      if (!isSameEpoch(event.cursor, member.position)) {
        member.position = event.cursor;
        hand(member, { type: 'reset', cursor: event.cursor, scope: 'changes', reason: 'epoch' });
      } else if (move(member, event.cursor)) {
        if (isWanted(member.wants, event)) hand(member, event);
      } else {
        options.explain(() => `${describe(event)} is at or below the position ${member.position}: it was told before.`);
      }
    }
  };

  const tell = (subscription: Subscription, event: Placed): Receipt => {
    if (event.type === 'reset') return receiveReset(subscription, event);
    if (event.type === 'change' || event.type === 'message') receiveOrdered(subscription, event);
    if (event.type !== 'place') return 'taken';
    for (const member of membersOf(subscription)) {
      // Only a reset leads into another epoch.
      if (isSameEpoch(event.cursor, member.position)) move(member, event.cursor);
    }
    return 'taken';
  };

  return {
    add: (member) => void all.add(member),
    remove(member) {
      member.isOpen = false;
      all.delete(member);
    },
    get isEmpty() {
      return [...all].every((member) => member.standing === 'refused');
    },
    get place() {
      return place;
    },
    compose(isSomebody) {
      const members = wanted();
      const positions = members.flatMap((member) => member.position ?? []);
      const since = extremePlace(positions, 'first');
      const now = extremePlace(positions, 'last');
      // Who wants "from now" beside others who want more begins at the newest place that is known.
      for (const member of members) member.position ??= now;
      const request = requestOf(members);
      const key = JSON.stringify(request);
      const subscription: Subscription = {
        request: { ...request, ...(since === null ? {} : { since }), ...(isSomebody ? { signedIn: true } : {}) },
        key,
        told: null,
      };
      covered.set(subscription, new Set(members));
      return subscription;
    },
    fits(subscription) {
      const members = wanted();
      const inside = covered.get(subscription);
      if (!inside || JSON.stringify(requestOf(members)) !== subscription.key) return false;
      const { told } = subscription;
      const late = members.filter((member) => !inside.has(member));
      const canJoin = ({ position }: Member) => told !== null && (position === null || isAtOrAfter(position, told));
      if (!late.every(canJoin)) return false;
      for (const member of late) {
        member.position ??= told;
        member.standing = 'accepted';
        inside.add(member);
      }
      return true;
    },
    receive(subscription, event) {
      if (event.type === 'presence') {
        options.onPresence(event);
        return 'taken';
      }
      if (event.type === 'error') return 'taken';
      const { cursor } = event;
      const isFirst = subscription.told === null && subscription.request.since === undefined;
      const begun = isFirst ? begin(subscription, event) : 'go on';
      const receipt = begun === 'go on' ? tell(subscription, event) : begun;
      if (receipt === 'again') return receipt;
      subscription.told = event.type === 'subscribed' ? (subscription.request.since ?? cursor) : cursor;
      if (place === null || event.type === 'reset' || isAfter(cursor, place) || !isSameEpoch(cursor, place))
        place = cursor;
      for (const member of membersOf(subscription)) if (member.standing === 'new') member.standing = 'accepted';
      if (!isCautious) return receipt;
      isCautious = [...all].some((member) => member.standing === 'new');
      // The one on trial was accepted: on with the next.
      return 'again';
    },
    refuse(subscription, problem) {
      const inside = membersOf(subscription);
      const suspects = inside.filter((member) => member.standing === 'new');
      const guilty = suspects.length === 1 ? suspects : inside.length === 1 ? inside : [];
      // What was accepted once is not any more: each has to show again that it may.
      if (suspects.length === 0) for (const member of inside) member.standing = 'new';
      isCautious = true;
      for (const member of guilty) {
        member.standing = 'refused';
        member.onRefused(problem);
      }
      return wanted().length > 0 && inside.length > 0;
    },
    forgive() {
      for (const member of all) if (member.standing === 'refused') member.standing = 'new';
    },
  };
}

/** A listener that throws is reported as any error of the page, and costs the others nothing. */
function hand(member: Member, event: ChangeEvent | SyncMessageEvent | ResetEvent): void {
  try {
    member.take(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function isWanted(wants: Wants, event: ChangeEvent | SyncMessageEvent): boolean {
  if (event.type === 'message') return wants.messages;
  return wants.resources.includes(event.change.resource);
}

/** True for a position that what the server says about another place is not about. */
function isElsewhere(position: string | null, place: string | null): boolean {
  if (place === null || !isKnownPlace(position)) return false;
  return isAfter(position, place) || !isSameEpoch(position, place);
}

function describe(event: ChangeEvent | SyncMessageEvent): string {
  return event.type === 'change'
    ? `The change of ${event.change.resource} ${event.change.id}`
    : `The message ${event.message.type}`;
}
