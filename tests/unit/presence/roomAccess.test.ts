import { defineResource, type PermissionOptions, type User } from 'backoffice-sync';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPermissions } from '../../../backend/auth/permissions.ts';
import { createPresence } from '../../../backend/presence/createPresence.ts';
import {
  createRoomAccess,
  type RoomAccess,
  type RoomAccessOptions,
} from '../../../backend/presence/createRoomAccess.ts';
import { recheckRooms } from '../../../backend/presence/recheckRooms.ts';
import { commitOne, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';

const schema = z.object({ title: z.string(), org: z.string() });
const resources = new Map(
  ['goals', 'boxes', 'agent_activities', 'news'].map((name) => [name, defineResource({ name, schema })]),
);
const userOf = (org: string, role: User['role'] = 'viewer'): User => ({ id: `u-${org}`, name: 'Ada', role, kind: 'admin', org }); // prettier-ignore
const one = userOf('one');
const two = userOf('two');
const scope = (user: User) => ({ org: String(user['org']) });

/** The rules of an installation whose goal 17 belongs to organization one; goal 18 was deleted. */
async function start(options: PermissionOptions & RoomAccessOptions = {}): Promise<RoomAccess & { loaded: string[] }> {
  const store = memoryStore();
  for (const resource of resources.keys())
    await commitOne(store, draftWrite('17', { id: '17', title: 'a', org: 'one' }, { resource, expectedVersion: 0 }));
  await commitOne(store, draftWrite('18', { id: '18' }, { resource: 'goals', expectedVersion: 0 }));
  await commitOne(store, draftWrite('18', null, { resource: 'goals', expectedVersion: 1 }));
  const loaded: string[] = [];
  const access = createRoomAccess({
    ...options,
    permissions: createPermissions(options),
    resources,
    load: async (resource, id) => {
      loaded.push(`${resource.name}/${id}`);
      return store.load(resource.name, id);
    },
  });
  return { ...access, loaded };
}

/** The code and the words of a refusal; null when there is none. */
async function refusal(access: RoomAccess, user: User | null, channel: string): Promise<[unknown, string] | null> {
  try {
    await access.refuse(user, channel);
    return null;
  } catch (error) {
    const { code, message } = error as { code: unknown; message: string };
    return [code, message];
  }
}

describe('who may join a room', () => {
  it('is never a visitor', async () => {
    const access = await start({ canJoin: () => true });
    expect(await access.mayJoin(null, 'project:4')).toBe(false);
    expect((await refusal(access, null, 'project:4'))?.[0]).toBe('LOGIN_REQUIRED');
  });

  it.each(['', 'a b', 'a/b', `x${'y'.repeat(200)}`])('is nobody in "%s", which is no name', async (channel) => {
    const access = await start({ canJoin: () => true });
    expect(await access.mayJoin(one, channel)).toBe(false);
    expect((await refusal(access, one, channel))?.[0]).toBe('BAD_PARAMETER');
  });

  it.each(['goals:17', 'goal:17', 'presence:goal:17', 'room:x:goals:17', 'box:17', 'agent_activity:17', 'news:17'])(
    'is who reads the record that "%s" names',
    async (channel) => {
      const access = await start({ scope });
      expect([await access.mayJoin(one, channel), await access.mayJoin(two, channel)]).toEqual([true, false]);
      expect(access.loaded).toHaveLength(2);
    },
  );

  it('gives the same answer for a hidden, a deleted and an absent record, and for one that no id can be', async () => {
    const access = await start({ scope });
    const answers: unknown[] = [];
    for (const id of ['17', '18', '19', '-', '__proto__']) {
      const [code, message] = (await refusal(access, two, `goal:${id}`)) ?? [];
      answers.push([code, message?.replace(`goal:${id}`, 'goal:…')]);
    }
    expect(answers).toEqual(answers.map(() => ['FORBIDDEN', 'Ada may not join "goal:…".']));
  });

  it('is nobody who may not read the resource at all, and then nothing is loaded', async () => {
    const access = await start({ can: (_user, _action, on) => on.resource !== 'goals' });
    expect([await access.mayJoin(one, 'goal:17'), access.loaded]).toEqual([false, []]);
    expect(await access.mayJoin(one, 'box:17')).toBe(true);
  });

  it('is everybody who signed in where a channel names no record and nothing divides the users', async () => {
    const access = await start();
    for (const channel of ['lobby', 'project:4', 'goal:17:chat', 'goals', ':17', 'constructor:1'])
      expect([channel, await access.mayJoin(one, channel)]).toEqual([channel, true]);
  });

  it('is nobody where a channel names no record and a scope divides the users; the answer names canJoin', async () => {
    const access = await start({ scope });
    expect(await access.mayJoin(one, 'lobby')).toBe(false);
    const [code, message] = (await refusal(access, one, 'lobby')) ?? [];
    expect([code, message]).toEqual(['FORBIDDEN', expect.stringContaining('`canJoin` of createSync')]);
  });

  it('is whom canJoin lets in, for records too, and an answer that is not true lets nobody in', async () => {
    const asked: [string, string][] = [];
    const access = await start({
      scope,
      canJoin: async (user, channel) => {
        asked.push([user.id, channel]);
        return channel === 'lobby' || ('yes' as unknown as boolean);
      },
    });
    expect([await access.mayJoin(two, 'lobby'), await access.mayJoin(one, 'goal:17')]).toEqual([true, false]);
    expect([asked, access.loaded]).toEqual([[['u-two', 'lobby'], ['u-one', 'goal:17']], []]); // prettier-ignore
  });

  it('is not known when canJoin fails, which is told and lets nobody in', async () => {
    const access = await start({ canJoin: () => Promise.reject(new Error('away')) });
    await expect(access.mayJoin(one, 'lobby')).rejects.toThrow('away');
    await expect(access.refuse(one, 'lobby')).rejects.toThrow('away');
  });
});

describe('asking again', () => {
  it('takes a user out of what he may no longer join, with all of his tabs, and nobody else', async () => {
    const rights = new Set(['u-one goal:17', 'u-one lobby', 'u-two goal:17']);
    const access = await start({ canJoin: (user, channel) => rights.has(`${user.id} ${channel}`) });
    const presence = createPresence({ onError: () => undefined });
    const enter = (user: User, key: string, channel: string) => presence.track({ channel, key, user, state: {} });
    enter(one, 'a', 'goal:17');
    enter(one, 'b', 'goal:17');
    enter(one, 'a', 'lobby');
    enter(two, 'c', 'goal:17');
    const ask = () => recheckRooms({ presence, access, user: one, followed: ['goal:17', 'box:1'] });
    expect(await ask()).toEqual(['box:1']);
    rights.delete('u-one goal:17');
    expect(await ask()).toEqual(['goal:17', 'box:1']);
    expect(presence.members('goal:17').map(({ key }) => key)).toEqual(['c']);
    expect(presence.members('lobby').map(({ key }) => key)).toEqual(['a']);
    await presence.close();
  });

  it('leaves everybody where he is when it cannot be asked', async () => {
    const access = await start({ canJoin: () => Promise.reject(new Error('away')) });
    const presence = createPresence({ onError: () => undefined });
    presence.track({ channel: 'lobby', key: 'a', user: one, state: {} });
    await expect(recheckRooms({ presence, access, user: one, followed: [] })).rejects.toThrow('away');
    expect(presence.members('lobby')).toHaveLength(1);
    await presence.close();
  });
});
