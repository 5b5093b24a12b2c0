import { afterEach, describe, expect, it } from 'vitest';
import { createPresence, type Presence } from '../../../backend/presence/createPresence.ts';
import { presenceLimits, type PresenceEvent } from '../../../shared/protocol/presence.ts';
import { createTestClock } from '../client/testClock.ts';

const ada = { id: 'u1', name: 'Ada' };
const bo = { id: 'u2', name: 'Bo' };
const goal = 'presence:goal:1';

const open: Presence[] = [];
afterEach(async () => {
  for (const presence of open.splice(0)) await presence.close();
});

/** Presence of one process with a clock of its own; `told` is what a follower of the goal was told. */
function start() {
  const clock = createTestClock();
  const errors: unknown[] = [];
  const presence = createPresence({ now: clock.now, after: clock.after, onError: (error) => errors.push(error) });
  open.push(presence);
  const follow = (channel = goal) => {
    const told: PresenceEvent[] = [];
    const end = presence.follow(channel, (event) => told.push(event));
    return { told, end };
  };
  const track = (key: string, user = ada, state = {}, channel = goal) => presence.track({ channel, key, user, state });
  const keys = (channel = goal) => presence.members(channel).map((member) => member.key);
  return { clock, errors, presence, follow, track, keys };
}

const short = ({ event, members }: PresenceEvent) => `${event} ${members.map(({ key }) => key).join()}`;

/** The code of what a call throws; null when it throws nothing. */
function codeOf(call: () => void): unknown {
  try {
    call();
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('presence', () => {
  it('tells who is there first, then joins, updates and leaves', () => {
    const { presence, track, follow } = start();
    track('a');
    const { told } = follow();
    track('b', bo);
    track('a', ada, { field: 'title' });
    presence.untrack(goal, 'a', 'u1');
    expect(told.map(short)).toEqual(['sync a', 'join b', 'update a', 'leave a']);
    expect(told[2]?.members).toEqual([
      { key: 'a', user: ada, state: { field: 'title' }, joinedAt: '2027-01-15T08:00:00.000Z' },
    ]);
  });

  it('tells nothing of other channels, and nothing after the end', () => {
    const { track, follow } = start();
    const { told, end } = follow();
    track('a', ada, {}, 'presence:goal:2');
    end();
    track('b');
    expect(told.map(short)).toEqual(['sync ']);
  });

  it('keeps two tabs of one user as two members, and a tab that enters twice as one', () => {
    const { presence, track, keys, follow } = start();
    const { told } = follow();
    track('a');
    track('a');
    track('b');
    expect(keys()).toEqual(['a', 'b']);
    expect(presence.stats()).toEqual({ channels: 1, members: 2, users: 1 });
    expect(told.map(short)).toEqual(['sync ', 'join a', 'join b']);
  });

  it('passes on nothing of a user but id and name', () => {
    const { presence, track } = start();
    track('a', { ...ada, role: 'admin', email: 'a@example.com' } as typeof ada);
    expect(presence.members(goal)[0]?.user).toEqual(ada);
  });

  it('keeps a state as it was when it was given', () => {
    const { presence, track } = start();
    const state = { fields: ['title'] };
    track('a', ada, state);
    state.fields.push('body');
    expect(presence.members(goal)[0]?.state).toEqual({ fields: ['title'] });
  });

  it('forgets a closed laptop after two heartbeats, to the millisecond', () => {
    const { clock, track, keys, follow } = start();
    const { told } = follow();
    track('a');
    track('b', bo);
    clock.advance(20_000);
    track('a');
    clock.advance(29_999);
    expect(keys()).toEqual(['a', 'b']);
    clock.advance(1);
    expect(keys()).toEqual(['a']);
    clock.advance(20_000);
    expect(keys()).toEqual([]);
    expect(told.map(short)).toEqual(['sync ', 'join a', 'join b', 'leave b', 'leave a']);
  });

  it('keeps all memberships of a connection alive with one sign of life', () => {
    const { clock, presence, track, keys } = start();
    track('a');
    track('a', ada, {}, 'project:4');
    for (let beat = 0; beat < 10; beat += 1) {
      clock.advance(25_000);
      presence.touch('a', 'u1');
    }
    expect([keys(), keys('project:4')]).toEqual([['a'], ['a']]);
    clock.advance(50_000);
    expect(presence.stats()).toEqual({ channels: 0, members: 0, users: 0 });
    expect(clock.delays).toEqual([]);
  });

  it('takes a closed connection out of every channel', () => {
    const { presence, track, keys } = start();
    track('a');
    track('a', ada, {}, 'project:4');
    track('b');
    presence.leaveAll('a', 'u1');
    expect([keys(), keys('project:4')]).toEqual([['b'], []]);
  });

  it('keeps a tab that is back over another connection before the old one ends', () => {
    const { presence, track, keys } = start();
    presence.track({ channel: goal, key: 'tab', user: ada, state: {} }, 'old');
    presence.track({ channel: 'project:4', key: 'tab', user: ada, state: {} }, 'old');
    presence.track({ channel: goal, key: 'tab', user: ada, state: {} }, 'new');
    track('other', bo);
    presence.leaveAll('tab', 'u1', 'old');
    expect([keys(), keys('project:4')]).toEqual([['other', 'tab'], []]);
    presence.leaveAll('tab', 'u1', 'new');
    expect(keys()).toEqual(['other']);
  });

  it('lets nobody take over, untrack, end or keep alive the key of somebody else', () => {
    const { clock, presence, track, keys, follow } = start();
    track('a', ada, { field: 'title' });
    const { told } = follow();
    expect(codeOf(() => track('a', bo, { field: 'mine' }))).toBe('FORBIDDEN');
    expect(codeOf(() => track('a', bo, {}, 'project:4'))).toBe('FORBIDDEN');
    expect(codeOf(() => presence.untrack(goal, 'a', 'u2'))).toBe('FORBIDDEN');
    presence.leaveAll('a', 'u2');
    expect([keys(), keys('project:4'), told.map(short)]).toEqual([['a'], [], ['sync a']]);
    clock.advance(40_000);
    presence.touch('a', 'u2');
    clock.advance(10_000);
    expect(keys()).toEqual([]);
    track('a', bo);
    expect(presence.members(goal)[0]?.user).toEqual(bo);
  });

  it('leaves where it is not without a word', () => {
    const { presence, follow } = start();
    const { told } = follow();
    presence.untrack(goal, 'a', 'u1');
    presence.leaveAll('a', 'u1');
    presence.touch('a', 'u1');
    expect(told.map(short)).toEqual(['sync ']);
  });

  it('tells the first update at once and the last of the following ones after 100 ms', () => {
    const { clock, track, follow } = start();
    track('a');
    const { told } = follow();
    for (let n = 1; n <= 5; n += 1) track('a', ada, { n });
    clock.advance(99);
    track('a', ada, { n: 6 });
    expect(told.slice(1).map(({ members }) => members[0]?.state)).toEqual([{ n: 1 }]);
    clock.advance(1);
    track('a', ada, { n: 7 });
    expect(told.slice(1).map(({ members }) => members[0]?.state)).toEqual([{ n: 1 }, { n: 6 }]);
    clock.advance(100);
    expect(told.slice(1).map(({ members }) => members[0]?.state)).toEqual([{ n: 1 }, { n: 6 }, { n: 7 }]);
  });

  it('holds back the updates of one member only', () => {
    const { track, follow } = start();
    track('a');
    track('b', bo);
    const { told } = follow();
    track('a', ada, { n: 1 });
    track('b', bo, { n: 1 });
    expect(told.map(short)).toEqual(['sync a,b', 'update a', 'update b']);
  });

  it('tells no update of a member who is gone, and none of before he came back', () => {
    const { clock, presence, track, follow } = start();
    track('a');
    const { told } = follow();
    track('a', ada, { n: 1 });
    track('a', ada, { n: 2 });
    presence.untrack(goal, 'a', 'u1');
    track('a', ada, { n: 3 });
    clock.advance(1_000);
    expect(told.map(short)).toEqual(['sync a', 'update a', 'leave a', 'join a']);
    expect(told[3]?.members[0]?.state).toEqual({ n: 3 });
  });

  it('counts the same state again as a sign of life and tells nothing', () => {
    const { track, follow } = start();
    track('a', ada, { a: 1, b: 2 });
    const { told } = follow();
    track('a', ada, { b: 2, a: 1 });
    expect(told.map(short)).toEqual(['sync a']);
  });

  it('tells the others although one listener throws', () => {
    const { presence, errors, track, follow } = start();
    presence.follow(goal, () => {
      throw new Error('a broken reader');
    });
    const { told } = follow();
    track('a');
    expect(told.map(short)).toEqual(['sync ', 'join a']);
    expect(errors.map(String)).toEqual(['Error: a broken reader', 'Error: a broken reader']);
  });

  it.each([
    ['a channel with a space', 'BAD_PARAMETER', { channel: 'a b' }],
    ['an empty channel', 'BAD_PARAMETER', { channel: '' }],
    ['a key that is too long', 'BAD_PARAMETER', { key: 'k'.repeat(129) }],
    ['a key that is no text', 'BAD_PARAMETER', { key: 7 }],
    ['a state that is a list', 'BAD_PARAMETER', { state: [] }],
    ['a state of null', 'BAD_PARAMETER', { state: null }],
    ['a state of 4,097 bytes', 'PRESENCE_LIMIT', { state: { a: 'é'.repeat(2_044) + 'x' } }],
    ['a prototype key', 'FORBIDDEN_KEY', { state: JSON.parse('{"a":{"__proto__":{"x":1}}}') as object }],
    ['a constructor key', 'FORBIDDEN_KEY', { state: { constructor: 1 } }],
    [
      'a state of 17 levels',
      'BODY_TOO_DEEP',
      { state: JSON.parse(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`) as object },
    ],
    ['U+0000 in a state', 'FORBIDDEN_TEXT', { state: { a: '\u0000' } }],
    ['U+0000 in the name of the user', 'FORBIDDEN_TEXT', { user: { id: 'u1', name: 'A\u0000' } }],
  ])('refuses %s with %s', (_what, code, wrong) => {
    const { presence, keys } = start();
    const member = { channel: goal, key: 'a', user: ada, state: {}, ...wrong };
    expect(codeOf(() => presence.track(member as Parameters<Presence['track']>[0]))).toBe(code);
    expect([keys(), presence.stats().members]).toEqual([[], 0]);
  });

  it('takes a state of 4,096 bytes', () => {
    const { track, keys } = start();
    track('a', ada, { a: 'é'.repeat(2_044) });
    expect(keys()).toEqual(['a']);
  });

  it('lets one connection into 50 channels, and into another after it left one', () => {
    const { presence, track } = start();
    for (let n = 0; n < presenceLimits.maxChannels; n += 1) track('a', ada, {}, `c:${n}`);
    track('a', ada, { again: true }, 'c:0');
    expect(codeOf(() => track('a', ada, {}, 'c:50'))).toBe('PRESENCE_LIMIT');
    track('b', ada, {}, 'c:50');
    presence.untrack('c:0', 'a', 'u1');
    track('a', ada, {}, 'c:50');
    expect(presence.stats()).toEqual({ channels: 50, members: 51, users: 1 });
  });

  it('gives the channels of a user with his keys', () => {
    const { presence, track } = start();
    track('a');
    track('b');
    track('b', ada, {}, 'project:4');
    track('c', bo);
    expect([...presence.channelsOf('u1')]).toEqual([
      [goal, ['a', 'b']],
      ['project:4', ['b']],
    ]);
  });

  it('leaves no timer behind when it is closed', async () => {
    const { clock, presence, track, follow } = start();
    follow();
    track('a');
    track('a', ada, { n: 1 });
    await presence.close();
    expect(clock.delays).toEqual([]);
  });
});
