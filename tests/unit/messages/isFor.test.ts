import { describe, expect, it } from 'vitest';
import type { User } from '../../../backend/auth/permissions.ts';
import type { MessageEntry } from '../../../backend/log/entry.ts';
import { isFor, type MessageReader } from '../../../backend/messages/isFor.ts';
import { toSyncMessage } from '../../../backend/messages/toSyncMessage.ts';

const entry = (of: Partial<MessageEntry>): MessageEntry => ({
  kind: 'message', seq: 7, at: Date.parse('2024-05-06T07:08:09Z'), id: 'm', type: 'test', payload: { a: 1 },
  to: { kind: 'scope', scope: {} }, from: null, ...of,
}); // prettier-ignore
const user = (id: string): User => ({ id, name: id, role: 'editor', kind: 'admin' });
const reader = (id: string, of: Partial<MessageReader> = {}): MessageReader => ({
  user: user(id), scope: null, rooms: new Set(), ...of,
}); // prettier-ignore
const tenant = (name: string): Pick<MessageReader, 'scope'> => ({ scope: { organization_id: name } });

describe('whom a message is for', () => {
  it('a visitor gets none, whatever it is for', () => {
    const visitor: MessageReader = { user: null, scope: null, rooms: new Set(['r']) };
    expect(isFor(entry({}), visitor)).toBe(false);
    expect(isFor(entry({ to: { kind: 'room', room: 'r' } }), visitor)).toBe(false);
    expect(isFor(entry({ to: { kind: 'users', ids: [''] } }), visitor)).toBe(false);
  });

  it('a message to users is for them and nobody else', () => {
    const to = { kind: 'users', ids: ['a', 'b'] } as const;
    expect(['a', 'b', 'c'].map((id) => isFor(entry({ to }), reader(id)))).toEqual([true, true, false]);
  });

  it('a message to a room is for who follows it at that moment', () => {
    const to = { kind: 'room', room: 'project:1' } as const;
    const inside = reader('a', { rooms: new Set(['project:1']) });
    expect([isFor(entry({ to }), inside), isFor(entry({ to }), reader('a', { rooms: new Set(['project:2']) }))]).toEqual([true, false]); // prettier-ignore
  });

  it('an empty scope is everybody who is signed in; another one only who has each of its values', () => {
    expect(isFor(entry({}), reader('a', tenant('o1')))).toBe(true);
    const to = { kind: 'scope', scope: { organization_id: 'o1', team: 2 } } as const;
    const of = (scope: MessageReader['scope']) => isFor(entry({ to }), reader('a', { scope }));
    expect(of({ team: 2, organization_id: 'o1', more: true })).toBe(true);
    expect(of({ organization_id: 'o1' })).toBe(false);
    expect(of({ organization_id: 'o2', team: 2 })).toBe(false);
    expect(of({ organization_id: 'o1', team: '2' })).toBe(false);
    expect(of(null)).toBe(false);
  });

  it('nobody outside of the sender\u2019s scope is told, also when he is named or in the room', () => {
    const within = { organization_id: 'o1' };
    for (const to of [
      { kind: 'users', ids: ['a'] },
      { kind: 'room', room: 'r' },
      { kind: 'scope', scope: {} },
    ] as const) {
      const told = (of: Pick<MessageReader, 'scope'>) =>
        isFor(entry({ to, within }), reader('a', { rooms: new Set(['r']), ...of }));
      expect([to.kind, told(tenant('o1')), told(tenant('o2')), told({ scope: {} })]).toEqual([to.kind, true, false, false]); // prettier-ignore
      // Who sees the records of every tenant hears what is said about them.
      expect(told({ scope: null })).toBe(true);
    }
  });

  it('the excluded user is not told, whatever it is for', () => {
    for (const to of [
      { kind: 'users', ids: ['a', 'b'] },
      { kind: 'room', room: 'r' },
      { kind: 'scope', scope: {} },
    ] as const) {
      const told = (id: string) => isFor(entry({ to, excludeUserId: 'a' }), reader(id, { rooms: new Set(['r']) }));
      expect([told('a'), told('b')]).toEqual([false, true]);
    }
  });

  it('a reader sees who sent it and where, and not whom else it was for', () => {
    const from = { id: 'b', name: 'Bea' };
    expect(toSyncMessage(entry({ to: { kind: 'users', ids: ['a', 'c'] }, excludeUserId: 'd', within: { o: 1 }, from }))).toEqual({ id: 'm', type: 'test', payload: { a: 1 }, at: '2024-05-06T07:08:09.000Z', from }); // prettier-ignore
    expect(toSyncMessage(entry({ to: { kind: 'room', room: 'r' } }))).toMatchObject({ from: null, room: 'r' });
  });
});
