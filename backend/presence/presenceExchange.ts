import type { CarriedMember, EndedMembership, PresenceCarrier } from '../stores/presenceCarrier.ts';
import type { PresenceChange, PresenceRoster } from './presenceRoster.ts';

/** How often a node tells the others what changed and asks them. */
const exchangeEveryMs = 1_000;

/** Keeps the roster of this node and those of the others in step. */
export interface PresenceExchange {
  /** A membership of this node began, changed or ended; told with the next exchange. */
  changed(membership: EndedMembership): void;
  /** Somebody follows now, or no longer. */
  wake(): void;
  /** Resolves when the roster holds what the others said at most a second before the call; asks only if it does not yet. */
  refresh(): Promise<void>;
  /** Takes this node away from the others. */
  close(): Promise<void>;
}

/** What an exchange needs. */
export interface PresenceExchangeOptions {
  readonly carrier: PresenceCarrier;
  /** The name of this node, which no other process ever has. */
  readonly node: string;
  readonly roster: PresenceRoster;
  /** After this time without an answer nothing is known of the others. Units: milliseconds. */
  readonly lifetimeMs: number;
  readonly now: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  /** False while nobody is present on this node and nobody follows: then nothing is asked. */
  readonly isNeeded: () => boolean;
  readonly onChanges: (changes: readonly PresenceChange[]) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Starts to exchange as soon as somebody is there.
 *
 * ```
 *   asleep ──somebody enters or follows──► exchange at once ──► every second ──nobody is left──► leave, forget ──► asleep
 * ```
 *
 * A write has only what changed since the last one that went through; without a change it comes three times per lease.
 * A carrier that does not answer is reported once and asked again every second.
 */
export function createPresenceExchange(options: PresenceExchangeOptions): PresenceExchange {
  const { carrier, node, roster, now, onChanges } = options;
  const known = new Map<string, number>();
  let pending = new Map<string, EndedMembership>();
  let revision = 0;
  let hasLease = false;
  let [writtenAt, readAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let awakeSince = now();
  let isFailing = false;
  let isClosed = false;
  let isRunning = false;
  let hasAsked = false;
  let waiting: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();
  let cancelTimer: (() => void) | null = null;

  async function writeOwn(): Promise<void> {
    if (roster.membersOf(node).length === 0) {
      pending.clear();
      if (hasLease) await carrier.leave(node);
      hasLease = false;
      return;
    }
    if (pending.size === 0 && hasLease && now() - writtenAt < carrier.leaseMs / 3) return;
    const taken = pending;
    pending = new Map();
    const startedAt = now();
    try {
      const members = [...taken.values()].flatMap((membership) => roster.find(node, membership) ?? []);
      const ended = [...taken.values()].filter((membership) => roster.find(node, membership) === null);
      revision += 1;
      const changedAt = hasLease ? await carrier.change(node, revision, { members, ended }) : null;
      if (changedAt === null) await begin();
      else onChanges(members.flatMap((member) => dated(member, changedAt)));
      writtenAt = startedAt;
    } catch (error) {
      // What was taken is not told; what changed meanwhile is under the same name.
      for (const [name, membership] of taken) pending.set(name, membership);
      throw error;
    }
  }

  async function begin(): Promise<void> {
    const all = roster.membersOf(node);
    revision += 1;
    hasLease = false;
    const changedAt = await carrier.begin(node, revision, all);
    hasLease = true;
    onChanges(all.flatMap((member) => dated(member, changedAt)));
  }

  /** The time of a member that was told; of one that changed meanwhile the old one says nothing. */
  function dated(member: CarriedMember, changedAt: number): PresenceChange[] {
    return roster.find(node, member) === member ? roster.set(node, member, changedAt) : [];
  }

  async function readOthers(): Promise<void> {
    const startedAt = now();
    const living = await carrier.read(node, known);
    readAt = startedAt;
    const ended: (() => PresenceChange[])[] = [];
    const changes: PresenceChange[] = [];
    for (const { node: other, revision: toldUntil, isWhole, members, ended: over } of living) {
      const before = isWhole ? roster.membersOf(other) : over;
      const said = new Set(members.map(({ channel, key }) => `${channel} ${key}`));
      for (const { changedAt, ...member } of members) changes.push(...roster.set(other, member, changedAt));
      for (const one of before) if (!said.has(`${one.channel} ${one.key}`)) ended.push(() => roster.remove(other, one));
      known.set(other, toldUntil);
    }
    const names = new Set(living.map((one) => one.node));
    for (const other of [...known.keys()]) if (!names.has(other)) ended.push(() => forget(other));
    // The ends last: somebody who moved from one node to another was never away.
    onChanges([...changes, ...ended.flatMap((end) => end())]);
  }

  function forget(other: string): PresenceChange[] {
    known.delete(other);
    return roster.membersOf(other).flatMap((member) => roster.remove(other, member));
  }

  function forgetOthers(): void {
    onChanges([...known.keys()].flatMap(forget));
  }

  async function exchange(isAsked: boolean): Promise<void> {
    try {
      await writeOwn();
      if (options.isNeeded() || isAsked) await readOthers();
      else forgetOthers();
      isFailing = false;
    } catch (error) {
      if (!isFailing) options.onError(error);
      isFailing = true;
      // Whoever was on another node may have left since: better nobody than a ghost.
      if (now() - Math.max(readAt, awakeSince) >= options.lifetimeMs) forgetOthers();
    }
  }

  function run(isAsked: boolean): Promise<void> {
    hasAsked ||= isAsked;
    // One that waits for its turn sees everything up to this call as well.
    if (waiting !== null) return waiting;
    cancelTimer?.();
    cancelTimer = null;
    isRunning = true;
    const own: Promise<void> = last
      .then(() => {
        const wasAsked = hasAsked;
        [waiting, hasAsked] = [null, false];
        return isClosed ? undefined : exchange(wasAsked);
      })
      .then(() => {
        if (last !== own) return;
        isRunning = false;
        schedule();
      });
    last = waiting = own;
    return own;
  }

  function schedule(): void {
    const hasWork = options.isNeeded() || hasLease || known.size > 0;
    if (isClosed || !hasWork || cancelTimer !== null) return;
    cancelTimer = options.after(exchangeEveryMs, () => {
      cancelTimer = null;
      void run(false);
    });
  }

  function wake(): void {
    if (isClosed || isRunning || cancelTimer !== null || !options.isNeeded()) return;
    awakeSince = now();
    void run(false);
  }

  return {
    changed(membership) {
      pending.set(`${membership.channel} ${membership.key}`, membership);
      wake();
    },
    wake,
    // However many ask: nodes tell each other once a second, so nothing newer is to be had before.
    refresh: async () => (now() - readAt < exchangeEveryMs ? undefined : run(true)),
    async close() {
      isClosed = true;
      cancelTimer?.();
      await last;
      // After a crash of this node the lease does the same, later.
      if (hasLease) await carrier.leave(node).catch(options.onError);
    },
  };
}
