import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { defineResource } from 'backoffice-sync';
import {
  createConnection,
  createRealtimeSyncService,
  type Connection,
  type RealtimeSyncService,
} from 'backoffice-sync/client';
import { RealtimeSyncServiceProvider, useConnectionStatus, usePresence, useWebSocket } from 'backoffice-sync/react';
import type { Request } from 'express';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import {
  createResourceHooks,
  RealtimeSyncProvider,
  useCollaboration,
  useNotifications,
} from 'backoffice-sync/react-query';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';
import { bePatient } from './patience.ts';

bePatient();

const goals = defineResource({
  name: 'goals',
  schema: z.object({ name: z.string().min(1), note: z.string().optional(), organization_id: z.string() }),
  seed: [{ id: 'g1', name: 'one', organization_id: 'o1' }],
});
const { useGoals, useRealtimeGoals, useOptimisticUpdateGoal, useOptimisticDeleteGoal } = createResourceHooks<
  'goals',
  { id: string; name: string; note?: string; organization_id: string }
>('goals');

let at: Started;
let open: { connection: Connection; service: RealtimeSyncService }[];

beforeEach(async () => {
  open = [];
  at = await startSync({
    authenticate: (request: Request) => authenticateAs(request),
    resources: [...testResources, goals],
    canJoin: (_user, room) => room !== 'project:closed',
  });
});
afterEach(async () => {
  for (const { connection, service } of open) {
    connection.close();
    service.close();
  }
  await at.stop();
});

/** A page of somebody who is signed in: a socket of Node, which can say who it is. */
function pageOf(user: string) {
  const headers = { authorization: `As ${user}:admin` };
  class SignedIn extends WebSocket {
    constructor(url: string) {
      super(url, { headers });
    }
  }
  const signedFetch: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } });
  const socket = SignedIn as unknown as typeof globalThis.WebSocket;
  const connection = createConnection({ backendUrl: at.url, WebSocket: socket, fetch: signedFetch });
  const service = createRealtimeSyncService({ backendUrl: at.url, fetch: signedFetch });
  open.push({ connection, service });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <RealtimeSyncServiceProvider service={service}>
        <RealtimeSyncProvider connection={connection}>{children}</RealtimeSyncProvider>
      </RealtimeSyncServiceProvider>
    </QueryClientProvider>
  );
  return { wrapper, socket, service };
}

const usePage = () => {
  const { goals: rows, isSuccess, createGoal } = useGoals({ organization_id: 'o1' });
  return {
    names: rows.map(({ name }) => name).sort(),
    rows,
    isSuccess,
    createGoal,
    live: useRealtimeGoals('o1'),
    update: useOptimisticUpdateGoal(),
    remove: useOptimisticDeleteGoal(),
  };
};

it('two pages see each other: create, update and delete arrive without a reload, and edits of two fields are merged', async () => {
  const ann = renderHook(usePage, { wrapper: pageOf('ann').wrapper });
  const bob = renderHook(usePage, { wrapper: pageOf('bob').wrapper });
  for (const page of [ann, bob]) await waitFor(() => expect(page.result.current.live.status).toBe('subscribed'));
  await act(() => ann.result.current.createGoal({ name: 'two', organization_id: 'o1' }));
  await waitFor(() => expect(bob.result.current.names).toEqual(['one', 'two']));
  await act(() =>
    Promise.all([
      ann.result.current.update.mutateAsync({ id: 'g1', name: 'uno' }),
      bob.result.current.update.mutateAsync({ id: 'g1', note: 'from bob' }),
    ]),
  );
  for (const page of [ann, bob])
    await waitFor(() =>
      expect(page.result.current.rows.find(({ id }) => id === 'g1')).toMatchObject({ name: 'uno', note: 'from bob' }),
    );
  // Told to bob by events only: the delete is based on what he sees.
  await act(() => bob.result.current.remove.mutateAsync('g1'));
  await waitFor(() => expect(ann.result.current.names).toEqual(['two']));
  expect(bob.result.current.names).toEqual(['two']);
});

it('a query of the page follows with nothing but the provider, which asks the server what is live', async () => {
  const { wrapper, service } = pageOf('ann');
  const page = renderHook(
    () =>
      useQuery({
        queryKey: ['goals', { organization_id: 'o1' }],
        queryFn: async () => (await service.loadList('/api/goals?organization_id=o1')).records.map(({ name }) => name),
      }).data,
    { wrapper },
  );
  await waitFor(() => expect(page.result.current).toEqual(['one']));
  await at.send('PATCH', '/api/goals/g1', { name: 'uno' }, { authorization: 'As bob:admin', 'if-match': '*' });
  await waitFor(() => expect(page.result.current).toEqual(['uno']));
});

it('people in a room see each other, one each however many tabs, and an update arrives', async () => {
  const inRoom = () => useCollaboration(7);
  const ann = renderHook(inRoom, { wrapper: pageOf('ann').wrapper });
  const annAgain = renderHook(inRoom, { wrapper: pageOf('ann').wrapper });
  const bob = renderHook(inRoom, { wrapper: pageOf('bob').wrapper });
  await waitFor(() => expect(bob.result.current.activeUsers.map(({ id }) => id).sort()).toEqual(['ann', 'bob']));
  await act(() => ann.result.current.broadcastUpdate({ section: 'title' }));
  for (const page of [bob, annAgain])
    await waitFor(() =>
      expect(page.result.current.lastMessage).toMatchObject({ type: 'document_updated', from: { id: 'ann' } }),
    );
  ann.unmount();
  annAgain.unmount();
  await waitFor(() => expect(bob.result.current.activeUsers.map(({ id }) => id)).toEqual(['bob']));
});

it('presence says who is there, and which of them is this page', async () => {
  const ann = renderHook(() => usePresence('presence:goal:g1', { field: 'name' }), { wrapper: pageOf('ann').wrapper });
  const bob = renderHook(() => usePresence('presence:goal:g1', { field: 'note' }), { wrapper: pageOf('bob').wrapper });
  await waitFor(() => expect(ann.result.current.members).toHaveLength(2));
  await waitFor(() => expect(bob.result.current.self).toMatchObject({ user: { id: 'bob' }, state: { field: 'note' } }));
  act(() => bob.result.current.update({ field: 'name' }));
  await waitFor(() =>
    expect(ann.result.current.members.find(({ user }) => user.id === 'bob')?.state).toEqual({ field: 'name' }),
  );
});

it('a room that one may not enter says why, and the others are entered all the same', async () => {
  const page = renderHook(
    () => ({ closed: useCollaboration('closed'), open: useCollaboration(7), here: usePresence('presence:goal:g1') }),
    { wrapper: pageOf('ann').wrapper },
  );
  await waitFor(() => expect(page.result.current.closed.problem).toMatchObject({ status: 403, code: 'FORBIDDEN' }));
  await waitFor(() => expect(page.result.current.open.activeUsers).toHaveLength(1));
  await waitFor(() => expect(page.result.current.here.self).not.toBeNull());
  expect(page.result.current.closed.activeUsers).toEqual([]);
  expect([page.result.current.open.problem, page.result.current.here.problem]).toEqual([null, null]);
});

it('a stored notification arrives, and stays read', async () => {
  const told: string[] = [];
  const page = renderHook(
    () => ({
      status: useConnectionStatus(),
      ...useNotifications({ onNotification: ({ title }) => told.push(title) }),
    }),
    { wrapper: pageOf('ann').wrapper },
  );
  await waitFor(() => expect(page.result.current.status?.state).toBe('live'));
  const { id } = await at.sync.publishNotification({ title: 'Ready', type: 'success' }, 'ann');
  await waitFor(() => expect(page.result.current.notifications.map(({ title }) => title)).toEqual(['Ready']));
  await waitFor(() => expect(told).toEqual(['Ready']));
  await act(() => page.result.current.markRead(id));
  await waitFor(() => expect(page.result.current.unread).toBe(0));
  expect(page.result.current.notifications[0]?.readAt).not.toBeNull();
});

it('the plain sockets of a room tell who comes and what is said', async () => {
  const frames: { type: string; user_id?: string }[] = [];
  const url = `${at.url}/api/ws/room/project:7`;
  const ann = renderHook(() =>
    useWebSocket<{ type: string }>(url, {
      WebSocket: pageOf('ann').socket,
      onMessage: (frame) => frames.push(frame),
    }),
  );
  await waitFor(() => expect(ann.result.current.isConnected).toBe(true));
  const bob = renderHook(() => useWebSocket(url, { WebSocket: pageOf('bob').socket }));
  await waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ type: 'user_joined', user_id: 'bob' })));
  bob.result.current.send({ type: 'document_updated', section: 'title' });
  await waitFor(() =>
    expect(frames).toContainEqual(expect.objectContaining({ type: 'document_updated', section: 'title' })),
  );
  bob.unmount();
  await waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ type: 'user_left', user_id: 'bob' })));
});
