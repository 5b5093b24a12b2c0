import { afterEach, describe, expect, it } from 'vitest';
import { createPresence, type Presence } from '../../../backend/presence/createPresence.ts';
import type { PresenceEvent } from '../../../shared/protocol/presence.ts';
import { createTestClock, type TestClock } from '../client/testClock.ts';
import { memoryCarrier, type MemoryCarrier } from './memoryCarrier.ts';

const ada = { id: 'u1', name: 'Ada' };
const bo = { id: 'u2', name: 'Bo' };
const goal = 'presence:goal:1';

const open: Presence[] = [];
afterEach(async () => {
  for (const presence of open.splice(0)) await presence.close();
});

/** Everything that a carrier in memory does is done when this resolves. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** One node; nodes share the clock and the carrier unless they get their own. */
function startNode(carrier: MemoryCarrier, clock: TestClock) {
  const errors: unknown[] = [];
  const presence = createPresence({
    carrier,
    now: clock.now,
    after: clock.after,
    onError: (error) => errors.push(error),
  });
  open.push(presence);
  return {
    presence,
    errors,
    track: (key: string, user = ada, state = {}) => presence.track({ channel: goal, key, user, state }),
    keys: () => presence.members(goal).map(({ key }) => key),
    follow() {
      const told: string[] = [];
      presence.follow(goal, ({ event, members }: PresenceEvent) =>
        told.push(`${event} ${members.map(({ key, state }) => key + ('n' in state ? String(state['n']) : '')).join()}`),
      );
      return told;
    },
  };
}

function startTwo() {
  const clock = createTestClock();
  const carrier = memoryCarrier({ now: clock.now });
  const [a, b] = [startNode(carrier, clock), startNode(carrier, clock)];
  /** Seconds pass, one after the other. */
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 1) {
      clock.advance(1_000);
      await settle();
    }
  };
  return { clock, carrier, a, b, pass };
}

describe('presence over several nodes', () => {
  it('shows joins, updates and leaves of one node on the other within two seconds', async () => {
    const { a, b, pass } = startTwo();
    const told = b.follow();
    await settle();
    a.track('a');
    await settle();
    await pass(1);
    expect([told, b.keys(), b.presence.stats()]).toEqual([
      ['sync ', 'join a'],
      ['a'],
      { channels: 1, members: 1, users: 1 },
    ]);
    a.track('a', ada, { n: 1 });
    a.track('a', ada, { n: 2 });
    await pass(2);
    a.presence.untrack(goal, 'a', 'u1');
    await pass(2);
    expect([told, b.keys()]).toEqual([['sync ', 'join a', 'update a2', 'leave a2'], []]);
  });

  it('shows a node that begins to follow who is there at once', async () => {
    const { a, b } = startTwo();
    a.track('a');
    a.track('b', bo);
    await settle();
    const told = b.follow();
    await settle();
    expect(told).toEqual(['sync ', 'join a,b']);
  });

  it('gives the same members in the same order on every node', async () => {
    const { clock, a, b, pass } = startTwo();
    b.track('z', bo, { n: 1 });
    clock.advance(5);
    a.track('y', ada);
    a.track('x', ada);
    await pass(2);
    expect(a.keys()).toEqual(['z', 'x', 'y']);
    expect(a.presence.members(goal)).toEqual(b.presence.members(goal));
  });

  it('asks nothing while nobody is present and nobody follows, before and after', async () => {
    const { clock, carrier, a, b, pass } = startTwo();
    await pass(5);
    expect([carrier.calls, clock.delays]).toEqual([[], []]);
    a.track('a');
    const end = b.presence.follow(goal, () => undefined);
    await pass(3);
    end();
    a.presence.leaveAll('a', 'u1');
    await pass(3);
    const until = carrier.calls.length;
    expect(carrier.calls.filter((call) => call === 'leave')).toEqual(['leave']);
    await pass(60);
    expect([carrier.calls.length, clock.delays, b.keys()]).toEqual([until, [], []]);
  });

  it('does not show what it knew before it fell asleep', async () => {
    const { a, b, pass } = startTwo();
    a.track('a');
    const end = b.presence.follow(goal, () => undefined);
    await pass(2);
    expect(b.keys()).toEqual(['a']);
    end();
    await pass(2);
    a.presence.leaveAll('a', 'u1');
    await pass(2);
    expect(b.follow()).toEqual(['sync ']);
  });

  it('writes once a second, only what changed, and otherwise just enough to live', async () => {
    const { carrier, a, pass } = startTwo();
    for (let n = 0; n < 40; n += 1) a.track(`k${n}`);
    await settle();
    expect([carrier.calls, carrier.written]).toEqual([['begin', 'read'], [40]]);
    for (let n = 0; n < 100; n += 1) a.track('k7', ada, { n });
    a.presence.untrack(goal, 'k8', 'u1');
    // A sign of life is no news.
    a.track('k9');
    await pass(1);
    expect(carrier.written).toEqual([40, 2]);
    await pass(12);
    expect(carrier.written).toEqual([40, 2, 0, 0, 0]);
    expect(carrier.calls.filter((call) => call === 'read')).toHaveLength(14);
  });

  it('loses the members of a node whose lease ran out', async () => {
    const { clock, carrier, b, pass } = startTwo();
    // A node of its own time, which stands still: as one that was killed.
    const dead = startNode(carrier, createTestClock(clock.now()));
    dead.track('a');
    await settle();
    const told = b.follow();
    await pass(9);
    expect(b.keys()).toEqual(['a']);
    await pass(2);
    expect([told, b.keys()]).toEqual([['sync ', 'join a', 'leave a'], []]);
  });

  it('lives by the clock of the carrier, however wrong the clock of a node is', async () => {
    const { clock, carrier, b, pass } = startTwo();
    const early = createTestClock(clock.now() - 86_400_000);
    const a = startNode(carrier, early);
    a.track('a');
    await settle();
    b.follow();
    for (let second = 0; second < 40; second += 1) {
      early.advance(1_000);
      await pass(1);
    }
    expect(b.keys()).toEqual(['a']);
    a.track('a', ada, { n: 5 });
    early.advance(1_000);
    await pass(2);
    expect(b.presence.members(goal)[0]?.state).toEqual({ n: 5 });
  });

  it('shows a tab once that two nodes have, with what it said last, and as there until it is on neither', async () => {
    const { a, b, pass } = startTwo();
    const told = b.follow();
    a.track('tab', ada, { n: 1 });
    await pass(2);
    b.track('tab', ada, { n: 2 });
    await pass(2);
    expect(a.presence.members(goal)).toMatchObject([{ key: 'tab', state: { n: 2 } }]);
    expect([a.presence.members(goal), a.presence.stats().members]).toEqual([b.presence.members(goal), 1]);
    // The same client comes by the first node again, and says what that node remembers it by.
    a.track('tab', ada, { n: 1 });
    await pass(2);
    expect(b.presence.members(goal).map(({ state }) => state)).toEqual([{ n: 1 }]);
    a.presence.leaveAll('tab', 'u1');
    await pass(2);
    expect(told.at(-1)).toBe('update tab2');
    b.presence.leaveAll('tab', 'u1');
    await pass(2);
    expect([told.at(-1), a.keys(), b.keys()]).toEqual(['leave tab2', [], []]);
  });

  it('does not say that a tab left which only moved to another node', async () => {
    const { clock, carrier, a, b, pass } = startTwo();
    const watcher = startNode(carrier, clock);
    a.track('tab');
    a.track('stays', bo);
    const told = watcher.follow();
    await settle();
    b.track('tab');
    a.presence.leaveAll('tab', 'u1');
    await pass(3);
    expect(told).toEqual(['sync ', 'join tab,stays']);
  });

  it('lets nobody take the key of a member of another node', async () => {
    const { a, b, pass } = startTwo();
    a.track('tab');
    b.follow();
    await pass(1);
    expect(() => b.track('tab', bo)).toThrow('Somebody else is present under this key');
    expect(() => b.presence.untrack(goal, 'tab', 'u2')).toThrow('Somebody else');
    b.presence.leaveAll('tab', 'u2');
    await pass(2);
    expect([a.keys(), b.keys()]).toEqual([['tab'], ['tab']]);
  });

  it('keeps both and hinders neither when two users take one key on two nodes in the same moment', async () => {
    const { a, b, pass } = startTwo();
    b.follow();
    a.track('tab', ada);
    b.track('tab', bo);
    await pass(2);
    expect(a.presence.members(goal).map(({ user }) => user.id)).toEqual(['u1', 'u2']);
    a.track('tab', ada, { n: 1 });
    b.presence.leaveAll('tab', 'u2');
    await pass(2);
    expect(b.presence.members(goal)).toMatchObject([{ key: 'tab', user: ada, state: { n: 1 } }]);
  });

  it('shows a key that another user took between two looks as his', async () => {
    const { a, b, pass } = startTwo();
    const told = b.follow();
    a.track('tab', ada);
    await pass(2);
    a.presence.leaveAll('tab', 'u1');
    a.track('other', bo);
    a.track('tab', bo);
    await pass(2);
    expect(b.presence.members(goal).map(({ user, key }) => `${user.id} ${key}`)).toEqual(['u2 other', 'u2 tab']);
    expect(told).toEqual(['sync ', 'join tab', 'leave tab', 'join tab,other']);
  });

  it('tells everything again after the database forgot it', async () => {
    const { carrier, a, b, pass } = startTwo();
    a.track('a');
    b.track('b', bo);
    await pass(2);
    carrier.empty();
    a.track('a', ada, { n: 1 });
    await pass(12);
    expect([a.keys(), b.keys()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('drops what a node that began again no longer has', async () => {
    const { clock, carrier, b } = startTwo();
    const clockOfA = createTestClock(clock.now());
    const a = startNode(carrier, clockOfA);
    const told = b.follow();
    a.track('x');
    a.track('y');
    await settle();
    clock.advance(1_000);
    await settle();
    carrier.empty();
    a.presence.untrack(goal, 'x', 'u1');
    // Node a begins again before b looks, so that b never sees it gone.
    clockOfA.advance(1_000);
    await settle();
    clock.advance(1_000);
    await settle();
    expect([told, b.keys()]).toEqual([['sync ', 'join x,y', 'leave x'], ['y']]);
  });

  it('reports an outage once, keeps its own members, and tells everything afterwards', async () => {
    const { carrier, a, b, pass } = startTwo();
    a.track('a');
    b.track('b', bo);
    await pass(2);
    carrier.failure = new Error('away');
    a.track('a', ada, { n: 1 });
    a.track('c');
    for (let beat = 0; beat < 3; beat += 1) {
      await pass(10);
      a.presence.touch('a', 'u1');
      a.presence.touch('c', 'u1');
      b.presence.touch('b', 'u2');
    }
    expect([a.errors.map(String), a.keys()]).toEqual([['Error: away'], ['a', 'b', 'c']]);
    carrier.failure = null;
    await pass(2);
    expect(b.presence.members(goal).map(({ key, state }) => [key, state])).toEqual([
      ['a', { n: 1 }],
      ['b', {}],
      ['c', {}],
    ]);
  });

  it('shows nobody of other nodes after two heartbeats without the database', async () => {
    const { carrier, a, b, pass } = startTwo();
    a.track('a');
    const told = b.follow();
    await pass(2);
    carrier.failure = new Error('away');
    await pass(49);
    expect(b.keys()).toEqual(['a']);
    await pass(2);
    expect([b.keys(), told.at(-1)]).toEqual([[], 'leave a']);
    carrier.failure = null;
    a.track('a');
    await pass(2);
    expect(b.keys()).toEqual(['a']);
  });

  it('knows the others once refreshed, also where nobody follows, and many who ask cost one look a second', async () => {
    const { carrier, a, b, pass } = startTwo();
    a.track('a');
    await settle();
    const reads = () => carrier.calls.filter((call) => call === 'read').length;
    const before = reads();
    await Promise.all(Array.from({ length: 50 }, () => b.presence.refresh()));
    await b.presence.refresh();
    expect([b.keys(), reads() - before]).toEqual([['a'], 1]);
    a.presence.leaveAll('a', 'u1');
    await pass(2);
    await b.presence.refresh();
    expect(b.keys()).toEqual([]);
  });

  it('takes a node that closes away at once', async () => {
    const { a, b, pass } = startTwo();
    a.track('a');
    const told = b.follow();
    await pass(2);
    await a.presence.close();
    await pass(1);
    expect([told, b.keys()]).toEqual([['sync ', 'join a', 'leave a'], []]);
  });
});
