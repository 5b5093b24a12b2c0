import { useQuery } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useRealtimeQuery, type RealtimeQueryOptions } from 'backoffice-sync/react-query';
import { createLiveWorld, type LiveWorld } from './liveWorld.tsx';
import { bePatient } from './patience.ts';

bePatient();

/** A page with its own query, kept up to date by the hook. */
function openPage(world: LiveWorld, options: Partial<RealtimeQueryOptions> = {}) {
  const shown: string[] = [];
  const hook = renderHook(
    (changed: Partial<RealtimeQueryOptions>) => {
      const query = useQuery({
        queryKey: ['goals'],
        queryFn: async () => (await world.service.loadList('/api/goals')).records,
      });
      const live = useRealtimeQuery({ table: 'goals', queryKey: ['goals'], ...options, ...changed });
      const text = query.data?.map((goal) => `${String(goal['id'])} ${String(goal['name'])}`).join(', ');
      if (text !== undefined && text !== shown.at(-1)) shown.push(text);
      return { query, live };
    },
    { wrapper: world.wrapper, initialProps: {} },
  );
  return { ...hook, shown };
}

/** A page whose list is there and whose connection is live. */
async function openLivePage(world: LiveWorld, options: Partial<RealtimeQueryOptions> = {}) {
  const page = openPage(world, options);
  await world.settle();
  await waitFor(() => expect(page.result.current.query.isFetching).toBe(false));
  await world.settle();
  world.clock.advance(10_000);
  return page;
}

const quick = { provider: { eventsPerSecond: 1000 } };

it('optimistic puts what others save into the list, without loading it', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one' });
  const { shown } = await openLivePage(world, { strategy: 'optimistic' });
  const reads = world.reads.length;
  for (const [id, fields] of [
    ['g2', { name: 'two' }],
    ['g1', { name: 'uno' }],
    ['g2', null],
  ] as const) {
    world.save('goals', id, fields);
    await world.settle();
    world.clock.advance(100);
  }
  expect(shown).toEqual(['g1 one', 'g1 one, g2 two', 'g1 uno, g2 two', 'g1 uno']);
  expect(world.reads.length).toBe(reads);
});

it('invalidate loads the list again, once for a burst', async () => {
  const world = createLiveWorld(quick);
  const { shown } = await openLivePage(world);
  const reads = world.reads.length;
  for (let count = 1; count <= 5; count += 1) world.save('goals', `g${count}`, { name: `${count}` });
  await world.settle();
  await waitFor(() => expect(shown.at(-1)).toBe('g1 1, g2 2, g3 3, g4 4, g5 5'));
  expect(world.reads.length - reads).toBeLessThanOrEqual(2);
});

it('a throttle loads once in its time, however many changes come', async () => {
  const world = createLiveWorld(quick);
  await openLivePage(world, { throttleMs: 60_000 });
  const reads = world.reads.length;
  for (let count = 1; count <= 3; count += 1) {
    world.save('goals', `g${count}`, { name: `${count}` });
    await world.settle();
    world.clock.advance(60_000);
    await world.settle();
  }
  expect(world.reads.length).toBe(reads + 1);
});

it('a throttle shows the last state at its end', async () => {
  const world = createLiveWorld(quick);
  const { shown } = await openLivePage(world, { throttleMs: 20 });
  for (let count = 1; count <= 3; count += 1) {
    world.save('goals', 'g1', { name: `${count}` });
    await world.settle();
    world.clock.advance(20);
  }
  await waitFor(() => expect(shown.at(-1)).toBe('g1 3'));
});

it('what changed between the load and the connection is not missed, with the hook alone', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  world.save('goals', 'g1', { name: 'old' });
  world.network.ways.websocket = 'hangs';
  const { shown } = openPage(world, { strategy: 'optimistic' });
  await waitFor(() => expect(shown).toEqual(['g1 old']));
  world.save('goals', 'g1', { name: 'new' });
  world.network.ways.websocket = 'open';
  await world.pass(20_000);
  await waitFor(() => expect(shown.at(-1)).toBe('g1 new'));
});

it('the race: an answer that was read before a change cannot show the older record', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'old' });
  const { shown, result } = await openLivePage(world, { strategy: 'optimistic' });
  world.holdsReads = true;
  void result.current.query.refetch();
  await waitFor(() => expect(world.held).toHaveLength(1));
  // The rows of the answer that is on its way are read; now somebody saves.
  world.save('goals', 'g1', { name: 'new' });
  world.save('goals', 'g2', { name: 'second' });
  world.save('goals', 'g3', { name: 'third' });
  world.save('goals', 'g3', null);
  await world.settle();
  world.clock.advance(100);
  world.held[0]?.answer();
  await waitFor(() => expect(result.current.query.isFetching).toBe(false));
  await world.settle();
  expect(shown.at(-1)).toBe('g1 new, g2 second');
  expect(shown.indexOf('g1 old')).toBe(0);
  expect(shown.lastIndexOf('g1 old')).toBe(0);
});

it('the race: the first answer, delayed until after a change, never shows the older record', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'old' });
  world.connection.connect();
  await world.settle();
  world.holdsReads = true;
  const { shown, result } = openPage(world, { strategy: 'optimistic' });
  await world.settle();
  world.save('goals', 'g1', { name: 'new' });
  await world.settle();
  for (const request of world.held) request.answer();
  await waitFor(() => expect(result.current.query.isSuccess).toBe(true));
  await world.settle();
  expect(shown).toEqual(['g1 new']);
});

it('a row that a load already brought is not added twice, and an older event never overwrites a newer record', async () => {
  const world = createLiveWorld(quick);
  const { shown, result } = await openLivePage(world, { strategy: 'optimistic' });
  world.save('goals', 'g1', { name: 'one' });
  world.save('goals', 'g1', { name: 'two' });
  // The load is answered before the events arrive.
  await result.current.query.refetch();
  await waitFor(() => expect(shown.at(-1)).toBe('g1 two'));
  await world.settle();
  world.clock.advance(100);
  await world.settle();
  expect(shown.filter((text) => text !== '')).toEqual(['g1 two']);
});

it('callbacks take the place of the patch for their kind of change', async () => {
  const world = createLiveWorld(quick);
  const told: string[] = [];
  const { shown } = await openLivePage(world, {
    strategy: 'optimistic',
    onOptimisticInsert: (row) => told.push(`insert ${String(row['name'])}`),
    onOptimisticUpdate: (old, row) => told.push(`update ${String(old['name'])} ${String(row['name'])}`),
  });
  for (const fields of [{ name: 'one' }, { name: 'two' }]) {
    world.save('goals', 'g1', fields);
    await world.settle();
    world.clock.advance(100);
  }
  expect(told).toEqual(['insert one', 'update one two']);
  expect(shown).toEqual(['']);
});

it('queries with a longer key get changes of what they hold, and are loaded for what is new', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one' });
  const page = renderHook(
    () => {
      useRealtimeQuery({ table: 'goals', queryKey: ['goals'], strategy: 'optimistic' });
      const one = useQuery({
        queryKey: ['goals', 'g1'],
        queryFn: async () => (await world.service.load('/api/goals/g1')).record,
      });
      const wrapped = useQuery({ queryKey: ['goals', 'page'], queryFn: () => world.service.loadList('/api/goals') });
      // Read here, or TanStack does not draw again for it.
      return { one: one.data, wrapped: wrapped.data, isFetching: one.isFetching || wrapped.isFetching };
    },
    { wrapper: world.wrapper },
  );
  await world.settle();
  await waitFor(() => expect(page.result.current.isFetching).toBe(false));
  await world.settle();
  world.clock.advance(1000);
  const reads = world.reads.length;
  world.save('goals', 'g1', { name: 'uno' });
  await world.settle();
  expect(page.result.current.one?.['name']).toBe('uno');
  expect(page.result.current.wrapped?.records[0]?.['name']).toBe('uno');
  expect(world.reads.length).toBe(reads);
  world.clock.advance(1000);
  world.save('goals', 'g2', { name: 'two' });
  await world.settle();
  await waitFor(() => expect(page.result.current.wrapped?.records).toHaveLength(2));
  expect(world.reads.length).toBeGreaterThan(reads);
});

it('what is marked as old stays marked when a change is put into it', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one' });
  world.save('goals', 'g2', { name: 'two' });
  world.client.setQueryData(['goals', 'hidden'], [{ id: 'g1', version: 1, name: 'one' }]);
  await openLivePage(world, { strategy: 'optimistic' });
  await world.client.invalidateQueries({ queryKey: ['goals', 'hidden'] });
  world.save('goals', 'g1', { name: 'uno' });
  await world.settle();
  const state = world.client.getQueryState<readonly { name: string }[]>(['goals', 'hidden']);
  expect([state?.data?.[0]?.name, state?.isInvalidated]).toEqual(['uno', true]);
});

it('enabled: false keeps nothing up to date', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  const { shown, result } = await openLivePage(world, { strategy: 'optimistic', enabled: false });
  world.save('goals', 'g1', { name: 'one' });
  await world.settle();
  expect([shown, result.current.live.status, world.network.tries.websocket]).toEqual([[''], 'closed', 0]);
});
