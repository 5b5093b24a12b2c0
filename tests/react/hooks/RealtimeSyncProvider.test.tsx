import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, renderHook, waitFor } from '@testing-library/react';
import { StrictMode, useEffect } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionManagerProvider, useConnectionManager, useRealtimeSubscription } from 'backoffice-sync/react';
import { RealtimeSyncProvider, useMutationWithInvalidation } from 'backoffice-sync/react-query';
import { createConnectionWorld } from '../../unit/client/connectionWorld.ts';
import { createLiveWorld, type LiveWorld } from './liveWorld.tsx';
import { bePatient } from './patience.ts';

bePatient();

afterEach(() => vi.restoreAllMocks());

/** A page's own query of goals, with nothing of ours in it. */
const useOwnQuery = (world: LiveWorld, key: readonly unknown[] = ['goals']) =>
  useQuery({ queryKey: key, queryFn: async () => (await world.service.loadList('/api/goals')).records });
const names = (records: readonly object[] | undefined) => records?.map((record) => (record as { name?: unknown }).name);

it('a query of a live resource follows what others save, with no other code', async () => {
  const world = createLiveWorld();
  world.save('goals', 'g1', { name: 'one' });
  const { result } = renderHook(
    () => [useOwnQuery(world), useOwnQuery(world, ['goals', { status: 'open' }])] as const,
    {
      wrapper: world.wrapper,
    },
  );
  await world.settle();
  expect(names(result.current[0].data)).toEqual(['one']);
  world.save('goals', 'g2', { name: 'two' });
  await world.settle();
  await waitFor(() => {
    expect(names(result.current[0].data)).toEqual(['one', 'two']);
    expect(names(result.current[1].data)).toEqual(['one', 'two']);
  });
});

it('a change that came between the first load and the connection is not missed', async () => {
  const world = createLiveWorld();
  world.save('goals', 'g1', { name: 'old' });
  world.network.ways.websocket = 'hangs';
  const { result } = renderHook(() => useOwnQuery(world), { wrapper: world.wrapper });
  await waitFor(() => expect(names(result.current.data)).toEqual(['old']));
  world.save('goals', 'g1', { name: 'new' });
  world.network.ways.websocket = 'open';
  await world.pass(20_000);
  await waitFor(() => expect(names(result.current.data)).toEqual(['new']));
});

it('a first load that was read before a change is begun again: the older record is never shown', async () => {
  const world = createLiveWorld();
  world.save('goals', 'g1', { name: 'old' });
  world.connection.connect();
  await world.settle();
  world.holdsReads = true;
  const seen: unknown[] = [];
  const { result } = renderHook(
    () => {
      const query = useOwnQuery(world);
      seen.push(names(query.data)?.[0]);
      return query;
    },
    { wrapper: world.wrapper },
  );
  await world.settle();
  const first = world.held.splice(0);
  world.save('goals', 'g1', { name: 'new' });
  await world.settle();
  for (const request of first) request.answer();
  await world.settle();
  for (const request of world.held) request.answer();
  await waitFor(() => expect(names(result.current.data)).toEqual(['new']));
  expect(seen).not.toContain('old');
});

it('a list that changes all the time is loaded all the same: a fetch is begun again three times, not for ever', async () => {
  const world = createLiveWorld({ provider: { eventsPerSecond: 1000 } });
  world.connection.connect();
  await world.settle();
  world.holdsReads = true;
  const { result } = renderHook(() => useOwnQuery(world), { wrapper: world.wrapper });
  await world.settle();
  for (let count = 1; count <= 6; count += 1) {
    world.save('goals', 'g1', { name: `${count}` });
    await world.settle();
    world.clock.advance(10);
    await world.settle();
  }
  await waitFor(() => expect(world.held.length).toBe(4));
  world.held.at(-1)?.answer();
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  await waitFor(() => expect(world.held.length).toBe(5));
  world.held.at(-1)?.answer();
  await waitFor(() => expect(names(result.current.data)).toEqual(['6']));
});

it('ten renders with options written inline subscribe once, also when everything is mounted twice', async () => {
  const { network, clock } = createConnectionWorld();
  const client = new QueryClient();
  function Page({ count }: { count: number }) {
    useRealtimeSubscription({ table: 'goals', filter: ['status=eq.open'], onInsert: () => count });
    return <p>{count}</p>;
  }
  const page = (count: number) => (
    <StrictMode>
      <QueryClientProvider client={client}>
        <RealtimeSyncProvider
          options={{ backendUrl: 'http://stand-in.test', WebSocket: network.WebSocket, fetch: network.fetch, clock }}
          liveResources={['goals']}
        >
          <Page count={count} />
        </RealtimeSyncProvider>
      </QueryClientProvider>
    </StrictMode>
  );
  const { rerender, unmount } = render(page(0));
  await network.flush();
  for (let count = 1; count <= 10; count += 1) rerender(page(count));
  await network.flush();
  expect(network.tries.websocket).toBe(1);
  expect(network.said).toEqual([]);
  expect(network.pipes.size).toBe(1);
  unmount();
  await network.flush();
  expect(network.pipes.size).toBe(0);
});

it('a hook outside of its provider says so once, and its page works without live data', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { result, rerender } = renderHook(() => useRealtimeSubscription({ table: 'goals' }));
  rerender();
  expect(result.current.status).toBe('connecting');
  expect(warn.mock.calls.flat().filter((text) => String(text).includes('useRealtimeSubscription'))).toHaveLength(1);
});

it('an event that no query key fits is named once, with the key that is nearest', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const world = createLiveWorld({ provider: { eventsPerSecond: 1000 } });
  renderHook(() => useOwnQuery(world, ['goal', 'list']), { wrapper: world.wrapper });
  await world.settle();
  world.save('goals', 'g1', { name: 'one' });
  world.save('goals', 'g2', { name: 'two' });
  await world.settle();
  world.clock.advance(1000);
  await world.settle();
  expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/no query key begins with "goals".*"goal"/)]);
});

it('a name that the server refuses is said, and silences itself only', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const world = createLiveWorld({ provider: { liveResources: ['gaols', 'goals'] } });
  world.network.refusal = (query) =>
    (query.get('resources') ?? '').split(',').includes('gaols') ? { status: 400, code: 'BAD_PARAMETER' } : null;
  const { result } = renderHook(() => useOwnQuery(world).data, { wrapper: world.wrapper });
  await world.settle();
  await world.pass(5000);
  await world.settle();
  world.save('goals', 'g1', { name: 'one' });
  await world.settle();
  await waitFor(() => expect(names(result.current)).toEqual(['one']));
  expect(warn.mock.calls.flat()).toContainEqual(expect.stringContaining('"gaols" cannot be followed'));
});

it('a reset loads every live query again, and nothing else', async () => {
  const world = createLiveWorld();
  const other = vi.fn(async () => 1);
  renderHook(
    () => {
      useOwnQuery(world);
      useQuery({ queryKey: ['dashboard'], queryFn: other });
    },
    { wrapper: world.wrapper },
  );
  await world.settle();
  await waitFor(() => expect(world.reads.length).toBeGreaterThan(0));
  await world.settle();
  const before = world.reads.length;
  world.log.force();
  await world.settle();
  await waitFor(() => expect(world.reads.length).toBe(before + 1));
  expect(other).toHaveBeenCalledTimes(1);
});

it('a hidden tab lets go of the server when it is told to, and misses nothing', async () => {
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
  const world = createLiveWorld({ provider: { pauseWhenHidden: true } });
  const { result } = renderHook(() => useOwnQuery(world), { wrapper: world.wrapper });
  await world.settle();
  expect(world.network.pipes.size).toBe(1);
  visibility.mockReturnValue('hidden');
  document.dispatchEvent(new Event('visibilitychange'));
  await world.settle();
  expect(world.network.pipes.size).toBe(0);
  world.save('goals', 'g1', { name: 'meanwhile' });
  visibility.mockReturnValue('visible');
  document.dispatchEvent(new Event('visibilitychange'));
  await world.settle();
  await waitFor(() => expect(names(result.current.data)).toEqual(['meanwhile']));
});

it('a mutation loads the lists under its keys again and gives the result of TanStack', async () => {
  const world = createLiveWorld();
  const told = vi.fn();
  const { result } = renderHook(
    () => ({
      list: useOwnQuery(world, ['projects', 'open']),
      mutation: useMutationWithInvalidation({
        mutationFn: async (name: string) => world.save('goals', 'g9', { name }),
        invalidateKeys: ['projects', ['dashboard', 1]],
        onSuccess: (data) => told(data),
      }),
    }),
    { wrapper: world.wrapper },
  );
  await waitFor(() => expect(result.current.list.data).toEqual([]));
  expect(await result.current.mutation.mutateAsync('new')).toMatchObject({ id: 'g9' });
  await waitFor(() => expect(names(result.current.list.data)).toEqual(['new']));
  expect(told).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'g9' }));
  await waitFor(() => expect(result.current.mutation.isSuccess).toBe(true));
});

it('who listens in the first effect hears, although the connection is made after it, and nothing more once he stops', async () => {
  const { network, clock, log } = createConnectionWorld();
  const seen: string[] = [];
  let stop = () => {};
  function Page() {
    const { onMessage } = useConnectionManager();
    useEffect(() => {
      stop = onMessage(({ id }) => void seen.push(id));
    }, [onMessage]);
    return null;
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RealtimeSyncProvider
        options={{ backendUrl: 'http://stand-in.test', WebSocket: network.WebSocket, fetch: network.fetch, clock }}
        liveResources={[]}
      >
        <Page />
      </RealtimeSyncProvider>
    </QueryClientProvider>,
  );
  await network.flush();
  log.message('test');
  await network.flush();
  expect(seen).toHaveLength(1);
  stop();
  log.message('test');
  await network.flush();
  expect(seen).toHaveLength(1);
});

it('the connection manager gives every message of a burst, also to who listens in the first effect', async () => {
  const world = createConnectionWorld();
  const seen: string[] = [];
  const manager = { connection: world.connection } as never;
  function Page() {
    const { isConnected, onMessage } = useConnectionManager({ autoConnect: true });
    useEffect(() => onMessage(({ id }) => void seen.push(id)), [onMessage]);
    return <p>{isConnected ? 'connected' : 'not connected'}</p>;
  }
  const page = render(
    <ConnectionManagerProvider manager={manager}>
      <Page />
    </ConnectionManagerProvider>,
  );
  await world.network.flush();
  await page.findByText('connected');
  for (let count = 0; count < 3; count += 1) world.log.message('test');
  await world.network.flush();
  expect(seen).toHaveLength(3);
  page.unmount();
  world.log.message('test');
  await world.network.flush();
  expect(seen).toHaveLength(3);
});
