import { describe, expect, it } from 'vitest';
import { toRoomFrames } from '../../../backend/presence/toRoomFrames.ts';
import type { PresenceEvent, PresenceMember } from '../../../shared/protocol/presence.ts';

const member = (key: string, id: string, state = {}): PresenceMember => ({
  key,
  user: { id, name: id.toUpperCase() },
  state,
  joinedAt: '2026-01-01T00:00:00.000Z',
});

/** Gives events to a reader who is `me`; what he is told, as short lines. */
function tell(...events: [PresenceEvent['event'], ...PresenceMember[]][]): string[][] {
  let members: readonly PresenceMember[] = [];
  return events.map(([event, ...of]) => {
    const step = toRoomFrames({ type: 'presence', channel: 'project:4', event, members: of }, 'me', members);
    members = step.members;
    return step.frames.map((frame) => `${frame.type} ${frame.user_id} (${frame.active_users.join()})`);
  });
}

describe('the frames of a plain room', () => {
  it('are objects with type, user_id, user_name and the ids of all who are there', () => {
    const event: PresenceEvent = {
      type: 'presence',
      channel: 'project:4',
      event: 'join',
      members: [member('a', 'ada')],
    };
    expect(toRoomFrames(event, 'me', [member('t', 'me')]).frames).toEqual([
      { type: 'user_joined', user_id: 'ada', user_name: 'ADA', active_users: ['me', 'ada'] },
    ]);
  });

  it('say that a user joined with his first tab and left with his last', () => {
    expect(
      tell(
        ['sync'],
        ['join', member('a1', 'ada')],
        ['join', member('a2', 'ada')],
        ['leave', member('a1', 'ada')],
        ['leave', member('a2', 'ada')],
      ),
    ).toEqual([[], ['user_joined ada (ada)'], [], [], ['user_left ada ()']]);
  });

  it('tell a newcomer of everybody else, each once', () => {
    expect(tell(['sync', member('a1', 'ada'), member('m', 'me'), member('a2', 'ada'), member('b', 'bo')])).toEqual([
      ['user_joined ada (ada,me,bo)', 'user_joined bo (ada,me,bo)'],
    ]);
  });

  it('say nothing of the reader himself', () => {
    expect(tell(['sync'], ['join', member('m1', 'me')], ['join', member('m2', 'me')], ['leave', member('m1', 'me')], ['leave', member('m2', 'me')])).toEqual([[], [], [], [], []]); // prettier-ignore
  });

  it('say the difference when everybody is told again', () => {
    expect(
      tell(['sync', member('a', 'ada'), member('b', 'bo')], ['sync', member('a9', 'ada'), member('c', 'cy')]),
    ).toEqual([
      ['user_joined ada (ada,bo)', 'user_joined bo (ada,bo)'],
      ['user_left bo (ada,cy)', 'user_joined cy (ada,cy)'],
    ]);
  });

  it('say nothing of an update, nor of a join that is told twice', () => {
    expect(
      tell(['join', member('a', 'ada')], ['update', member('a', 'ada', { n: 1 })], ['join', member('a', 'ada')]),
    ).toEqual([['user_joined ada (ada)'], [], []]);
  });

  it('keep two users apart who use the same key', () => {
    expect(tell(['join', member('k', 'ada')], ['join', member('k', 'bo')], ['leave', member('k', 'bo')])).toEqual([
      ['user_joined ada (ada)'],
      ['user_joined bo (ada,bo)'],
      ['user_left bo (ada)'],
    ]);
  });

  it('leave what they are given as it was', () => {
    const before = Object.freeze([Object.freeze(member('a', 'ada'))]);
    const event: PresenceEvent = { type: 'presence', channel: 'c', event: 'leave', members: before };
    expect(toRoomFrames(Object.freeze(event), 'me', before)).toEqual({
      members: [],
      frames: [{ type: 'user_left', user_id: 'ada', user_name: 'ADA', active_users: [] }],
    });
    expect(before).toHaveLength(1);
  });
});
