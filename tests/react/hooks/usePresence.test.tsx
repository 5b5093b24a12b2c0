import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Connection } from 'backoffice-sync/client';
import { usePresence } from 'backoffice-sync/react';
import { useCollaboration } from 'backoffice-sync/react-query';
import type { JsonObject } from '../../../shared/json.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import type { PresenceMember } from '../../../shared/protocol/presence.ts';
import { act } from '@testing-library/react';
import { createLiveWorld } from './liveWorld.tsx';
import { bePatient } from './patience.ts';

bePatient();

/** A connection whose channels and messages are the test's; everything else is a real one's. */
function createRoom(base: Connection) {
  const calls: string[] = [];
  const sent: unknown[] = [];
  let members: readonly PresenceMember[] = [];
  const listeners = new Set<(members: readonly PresenceMember[]) => void>();
  const hearers = new Set<(message: SyncMessage) => void>();
  const connection: Connection = {
    ...base,
    enter(channel, state) {
      calls.push(`enter ${channel} ${JSON.stringify(state)}`);
      return {
        key: 'me',
        members: () => members,
        problem: () => null,
        update: (next) => void calls.push(`update ${JSON.stringify(next)}`),
        leave: () => void calls.push(`leave ${channel}`),
        subscribe(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
    },
    onMessage(listener) {
      hearers.add(listener);
      return () => void hearers.delete(listener);
    },
    send: async (type, payload, options) => void sent.push({ type, payload, ...options }),
  };
  return {
    connection,
    calls,
    sent,
    show(next: readonly PresenceMember[]) {
      members = next;
      act(() => listeners.forEach((listener) => listener(next)));
    },
    hear: (message: SyncMessage) => act(() => hearers.forEach((listener) => listener(message))),
    get isHeard() {
      return hearers.size > 0;
    },
  };
}

const member = (key: string, userId: string): PresenceMember => ({
  key,
  user: { id: userId, name: `Name of ${userId}` },
  state: {},
  joinedAt: '2026-01-01T00:00:00.000Z',
});

it('presence enters once however often it is drawn, tells a new state, and leaves', () => {
  const world = createLiveWorld();
  const room = createRoom(world.connection);
  const inRoom = createLiveWorld({ provider: { connection: room.connection } });
  const { result, rerender, unmount } = renderHook(
    ({ state }: { state: JsonObject }) => usePresence('presence:goal:1', { ...state }),
    { wrapper: inRoom.wrapper, initialProps: { state: { field: 'name' } } },
  );
  for (let count = 0; count < 10; count += 1) rerender({ state: { field: 'name' } });
  expect(room.calls).toEqual(['enter presence:goal:1 {"field":"name"}']);
  rerender({ state: { field: 'email' } });
  result.current.update({ field: 'phone' });
  room.show([member('other', 'ann'), member('me', 'bob')]);
  expect(result.current.self?.user.id).toBe('bob');
  expect(result.current.members).toHaveLength(2);
  unmount();
  expect(room.calls.slice(1)).toEqual([
    'update {"field":"email"}',
    'update {"field":"phone"}',
    'leave presence:goal:1',
  ]);
});

it('another channel is entered after the old one is left, and nobody of the old one is shown', () => {
  const world = createLiveWorld();
  const room = createRoom(world.connection);
  const inRoom = createLiveWorld({ provider: { connection: room.connection } });
  const { result, rerender } = renderHook(({ channel }: { channel: string | null }) => usePresence(channel, null), {
    wrapper: inRoom.wrapper,
    initialProps: { channel: 'a' as string | null },
  });
  room.show([member('other', 'ann')]);
  rerender({ channel: null });
  expect(result.current.members).toEqual([]);
  expect(room.calls).toEqual(['enter a null', 'leave a']);
});

it('a user with two tabs is one of the active users, and an update of somebody loads the project again', async () => {
  const base = createLiveWorld();
  const room = createRoom(base.connection);
  const world = createLiveWorld({ provider: { connection: room.connection } });
  let loads = 0;
  world.client.setQueryDefaults(['project', 7], { queryFn: () => (loads += 1) });
  await world.client.fetchQuery({ queryKey: ['project', 7], queryFn: () => (loads += 1) });
  const { result, unmount } = renderHook(() => useCollaboration(7), { wrapper: world.wrapper });
  expect(room.calls).toEqual(['enter project:7 {}']);
  room.show([member('one', 'ann'), member('two', 'ann'), member('three', 'bob')]);
  expect(result.current.activeUsers).toEqual([
    { id: 'ann', name: 'Name of ann' },
    { id: 'bob', name: 'Name of bob' },
  ]);
  await result.current.broadcastUpdate({ section: 'title' });
  expect(room.sent).toEqual([{ type: 'document_updated', payload: { section: 'title' }, room: 'project:7' }]);
  room.hear({
    id: 'm1',
    type: 'document_updated',
    payload: {},
    at: '2026-01-01T00:00:00.000Z',
    from: null,
    room: 'project:7',
  });
  expect(world.client.getQueryState(['project', 7])?.isInvalidated).toBe(true);
  expect(result.current.lastMessage?.id).toBe('m1');
  unmount();
  expect([room.isHeard, room.calls.at(-1)]).toEqual([false, 'leave project:7']);
});
