import { renderHook, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { createResourceHooks } from 'backoffice-sync/react-query';
import type { JsonObject } from '../../../shared/json.ts';
import { createLiveWorld, type HeldRequest, type LiveWorld } from './liveWorld.tsx';
import { bePatient } from './patience.ts';

bePatient();

interface Goal {
  readonly id: string;
  readonly name: string;
  readonly organization_id: string;
  readonly version?: number;
}

const hooks = createResourceHooks<'goals', Goal>('goals');
const {
  useGoals,
  useGoal,
  useRealtimeGoals,
  useOptimisticCreateGoal,
  useOptimisticUpdateGoal,
  useOptimisticDeleteGoal,
} = hooks;

const ours = { organization_id: 'o1' };

/** A page with a list, one record, and the three saves. */
function openPage(world: LiveWorld, options: Parameters<typeof useOptimisticCreateGoal>[0] & { live?: boolean } = {}) {
  const shown: string[] = [];
  const { live = true, ...wishes } = options;
  const hook = renderHook(
    () => {
      const list = useGoals(ours);
      const one = useGoal('g1');
      const text = list.goals.map(({ name }) => name).join(', ');
      if (list.isSuccess && text !== shown.at(-1)) shown.push(text);
      return {
        list,
        one,
        live: useRealtimeGoals('o1', live),
        create: useOptimisticCreateGoal(wishes),
        update: useOptimisticUpdateGoal(),
        remove: useOptimisticDeleteGoal(),
      };
    },
    { wrapper: world.wrapper },
  );
  return { ...hook, shown };
}

async function openLivePage(world: LiveWorld, options: Parameters<typeof openPage>[1] = {}) {
  const page = openPage(world, options);
  await waitFor(() => expect(page.result.current.list.isSuccess).toBe(true));
  await world.settle();
  await waitFor(() => expect(page.result.current.one.isFetching).toBe(false));
  await world.settle();
  world.clock.advance(10_000);
  return page;
}

/** Answers a save as the server does, after which its change is told. */
function accept(world: LiveWorld, request: HeldRequest, id: string, fields: JsonObject): void {
  const record = world.save('goals', id, fields);
  request.answer(request.method === 'POST' ? 201 : 200, record);
}

const quick = { provider: { eventsPerSecond: 1000 } };
const heldSave = async (world: LiveWorld, at = 0): Promise<HeldRequest> => {
  await waitFor(() => expect(world.held.length).toBeGreaterThan(at));
  const request = world.held[at];
  if (!request) throw new Error('No request is held.');
  return request;
};

it('loads once, follows from where the rows were read, and needs no second load', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  world.save('goals', 'g1', { name: 'one', ...ours });
  world.holdsReads = true;
  const { shown, result } = openPage(world);
  await waitFor(() => expect(world.held).toHaveLength(2));
  // Read, and changed before the answer is there.
  world.save('goals', 'g2', { name: 'two', ...ours });
  world.save('goals', 'g3', { name: 'theirs', organization_id: 'o2' });
  world.held[0]?.answer();
  await waitFor(() => expect(result.current.list.isSuccess).toBe(true));
  await world.settle();
  await waitFor(() => expect(shown.at(-1)).toBe('one, two'));
  expect(result.current.live.status).toBe('subscribed');
  expect(world.reads.filter((path) => path.startsWith('/api/goals?'))).toEqual([
    '/api/goals?organization_id=o1&limit=1000',
  ]);
});

it('what others save goes into the lists it belongs to, at its place, and out of those it leaves', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  world.save('goals', 'g3', { name: 'three', ...ours });
  const { shown } = await openLivePage(world);
  const steps = [
    ['g2', { name: 'two', ...ours }],
    ['g3', { name: 'three', organization_id: 'o2' }],
    ['g1', null],
  ] as const;
  for (const [id, fields] of steps) {
    world.save('goals', id, fields);
    await world.settle();
    world.clock.advance(100);
  }
  expect(shown).toEqual(['one, three', 'one, two, three', 'one, two', 'two']);
});

it('a list of open goals loses one that is done, and does not get one that was never open', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', status: 'open', ...ours });
  const { result } = renderHook(
    () => {
      useRealtimeGoals('o1');
      return useGoals({ ...ours, status: 'open' }).goals.map(({ name }) => name);
    },
    { wrapper: world.wrapper },
  );
  await waitFor(() => expect(result.current).toEqual(['one']));
  await world.settle();
  world.clock.advance(10_000);
  world.save('goals', 'g2', { name: 'two', status: 'done', ...ours });
  await world.settle();
  world.clock.advance(100);
  await world.settle();
  expect(result.current).toEqual(['one']);
  world.save('goals', 'g1', { name: 'one', status: 'done', ...ours });
  await world.settle();
  expect(result.current).toEqual([]);
});

it('an event that is older than the load does not bring back what the load knows to be gone', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world);
  world.save('goals', 'g2', { name: 'two', ...ours });
  world.save('goals', 'g2', null);
  // Read after both, and answered before the events arrive.
  await result.current.list.refetch();
  await world.settle();
  world.clock.advance(100);
  await world.settle();
  expect(shown).toEqual(['one']);
});

it('a created record is shown at once under an id made here, and stays one record when the answer and the event come', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world);
  const saved = result.current.create.mutateAsync({ name: 'mine', ...ours });
  const request = await heldSave(world);
  await waitFor(() => expect(shown.at(-1)).toBe('mine, one'));
  await waitFor(() => expect(result.current.create.isPending).toBe(true));
  expect(request).toMatchObject({ method: 'POST', path: '/api/goals', body: { name: 'mine', ...ours } });
  const id = String(request.body?.['id']);
  accept(world, request, id, { name: 'mine', ...ours });
  expect(await saved).toMatchObject({ id, version: 1 });
  await world.settle();
  world.clock.advance(100);
  await world.settle();
  expect(shown).toEqual(['one', 'mine, one']);
});

it('an update is sent with the base that was shown, and is never shown as undone between the answer and the event', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world);
  // Told by an event, not loaded: the save is based on it all the same.
  world.save('goals', 'g1', { name: 'uno', ...ours });
  await world.settle();
  world.clock.advance(100);
  const saved = result.current.update.mutateAsync({ id: 'g1', name: 'eins' });
  const request = await heldSave(world);
  await waitFor(() => expect(shown.at(-1)).toBe('eins'));
  expect(result.current.one.data?.name).toBe('eins');
  expect(request).toMatchObject({
    method: 'PUT',
    path: '/api/goals/g1',
    body: { name: 'eins', $base: { name: 'uno' } },
  });
  accept(world, request, 'g1', { name: 'eins', ...ours });
  await saved;
  await world.settle();
  expect(shown).toEqual(['one', 'uno', 'eins']);
});

it('a refused save is taken back to what others have made meanwhile, with what else is pending over it', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', note: 'a', ...ours });
  const onError = vi.fn();
  const { shown, result } = await openLivePage(world);
  const refused = result.current.update
    .mutateAsync({ id: 'g1', name: 'wrong' }, { onError })
    .catch((error: unknown) => error);
  const request = await heldSave(world);
  const pending = result.current.create.mutateAsync({ name: 'mine', ...ours });
  const create = await heldSave(world, 1);
  await waitFor(() => expect(shown.at(-1)).toBe('mine, wrong'));
  world.save('goals', 'g1', { name: 'colleague', note: 'b', ...ours });
  await world.settle();
  request.answer(422, { code: 'INVALID', title: 'Not valid' });
  expect(await refused).toMatchObject({ problem: { code: 'INVALID' } });
  await waitFor(() => expect(shown.at(-1)).toBe('mine, colleague'));
  await waitFor(() => expect(onError).toHaveBeenCalledTimes(1));
  // What was typed is kept, where it can be tried again.
  expect(world.service.getState().entries.find(({ status }) => status === 'failed')?.data).toMatchObject({
    name: 'wrong',
  });
  accept(world, create, String(create.body?.['id']), { name: 'mine', ...ours });
  await pending;
});

it('a conflict shows what is stored now, before any event tells it', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world, { live: false });
  const refused = result.current.update.mutateAsync({ id: 'g1', name: 'mine' }).catch((error: unknown) => error);
  const request = await heldSave(world);
  const current = world.save('goals', 'g1', { name: 'theirs', ...ours });
  request.answer(409, { code: 'CONFLICT', title: 'Conflict', conflicts: [{ path: '/name' }], current });
  expect(await refused).toMatchObject({ problem: { code: 'CONFLICT' } });
  await waitFor(() => expect(shown.at(-1)).toBe('theirs'));
});

it('a delete is shown at once, goes with the version that was shown, and comes back when it is refused', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  world.save('goals', 'g2', { name: 'two', ...ours });
  const { shown, result } = await openLivePage(world);
  world.save('goals', 'g2', { name: 'deux', ...ours });
  await world.settle();
  world.clock.advance(100);
  const refused = result.current.remove.mutateAsync('g2').catch((error: unknown) => error);
  const first = await heldSave(world);
  expect(first).toMatchObject({ method: 'DELETE', path: '/api/goals/g2', body: { version: 2 } });
  await waitFor(() => expect(shown.at(-1)).toBe('one'));
  first.answer(403, { code: 'FORBIDDEN', title: 'No' });
  await refused;
  await waitFor(() => expect(shown.at(-1)).toBe('one, deux'));
  const done = result.current.remove.mutateAsync('g2');
  const second = await heldSave(world, 1);
  world.save('goals', 'g2', null);
  second.answer(204);
  await done;
  await world.settle();
  expect(shown.at(-1)).toBe('one');
});

it('a delete waits for the save before it, and goes with the version that that one made', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world);
  const saved = result.current.update.mutateAsync({ id: 'g1', name: 'uno' });
  const put = await heldSave(world);
  const deleted = result.current.remove.mutateAsync('g1');
  await waitFor(() => expect(shown.at(-1)).toBe(''));
  await world.settle();
  expect(world.held).toHaveLength(1);
  accept(world, put, 'g1', { name: 'uno', ...ours });
  await saved;
  const request = await heldSave(world, 1);
  expect(request).toMatchObject({ method: 'DELETE', body: { version: 2 } });
  world.save('goals', 'g1', null);
  request.answer(204);
  await deleted;
  expect(shown).toEqual(['one', 'uno', '']);
});

it('a load that was under way when a save was answered does not bring the old record back', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { shown, result } = await openLivePage(world, { live: false });
  const saved = result.current.update.mutateAsync({ id: 'g1', name: 'uno' });
  const put = await heldSave(world);
  world.holdsReads = true;
  void result.current.list.refetch();
  const old = await heldSave(world, 1);
  accept(world, put, 'g1', { name: 'uno', ...ours });
  await saved;
  old.answer();
  await world.settle();
  for (const request of world.held.slice(2)) request.answer();
  await waitFor(() => expect(result.current.list.isFetching).toBe(false));
  expect(shown).toEqual(['one', 'uno']);
});

it('a list of several pages is loaded whole, and followed from where the first page was read', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  world.holdsReads = true;
  const { shown } = openPage(world);
  const first = await heldSave(world);
  const g1 = world.save('goals', 'g1', { name: 'one', ...ours });
  const cursor = world.log.head;
  world.save('goals', 'g1', { name: 'uno', ...ours });
  first.answer(200, [g1], { 'X-Sync-Cursor': cursor, Link: '</api/goals?after=g1>; rel="next"' });
  await waitFor(() => expect(world.held.some(({ query }) => query === '?after=g1')).toBe(true));
  const g2 = world.save('goals', 'g2', { name: 'two', ...ours });
  world.held.find(({ query }) => query === '?after=g1')?.answer(200, [g2], { 'X-Sync-Cursor': world.log.head });
  await world.settle();
  world.clock.advance(1000);
  await world.settle();
  await waitFor(() => expect(shown.at(-1)).toBe('uno, two'));
});

it('a list that the server orders or searches is loaded again for what is new', async () => {
  const world = createLiveWorld(quick);
  world.save('goals', 'g1', { name: 'one', ...ours });
  const { result } = renderHook(
    () => {
      useRealtimeGoals('o1');
      return useGoals({ ...ours, sort: '-name' }).goals.map(({ name }) => name);
    },
    { wrapper: world.wrapper },
  );
  await waitFor(() => expect(result.current).toEqual(['one']));
  await world.settle();
  world.clock.advance(10_000);
  const reads = world.reads.length;
  world.save('goals', 'g2', { name: 'two', ...ours });
  await world.settle();
  await waitFor(() => expect(result.current).toHaveLength(2));
  expect(world.reads.length).toBe(reads + 1);
});

it('without a network a save waits in the queue, says so, and is shown', async () => {
  const world = createLiveWorld(quick);
  const { shown, result } = await openLivePage(world);
  const saved = result.current.create.mutateAsync({ name: 'mine', ...ours });
  (await heldSave(world)).fail();
  await waitFor(() => expect(result.current.create.isQueued).toBe(true));
  expect([shown.at(-1), result.current.create.isPending]).toEqual(['mine', true]);
  const again = await (async () => {
    world.service.retry();
    return heldSave(world, 1);
  })();
  accept(world, again, String(again.body?.['id']), { name: 'mine', ...ours });
  await saved;
  await waitFor(() => expect(result.current.create.isQueued).toBe(false));
});

it('offline: rollback takes the record back after the time-out, with an error, and leaves nothing in the queue', async () => {
  const world = createLiveWorld(quick);
  const onError = vi.fn();
  const onSettled = vi.fn();
  const { shown, result } = await openLivePage(world, { offline: 'rollback', timeoutMs: 20, onError, onSettled });
  const failed = result.current.create.mutateAsync({ name: 'mine', ...ours }).catch((error: unknown) => error);
  expect(await failed).toMatchObject({ problem: { code: 'TIMED_OUT' } });
  await waitFor(() => expect(shown.at(-1)).toBe(''));
  expect(shown).toContain('mine');
  expect(world.service.getState().entries).toEqual([]);
  expect([onError.mock.calls.length, onSettled.mock.calls.length]).toEqual([1, 1]);
});

it('the list gives its records and its saves by name', async () => {
  const world = createLiveWorld({ provider: { liveResources: ['projects'] } });
  world.save('projects', 'p1', { name: 'one' });
  const { useProjects } = createResourceHooks('projects');
  const { result } = renderHook(() => useProjects(), { wrapper: world.wrapper });
  expect([result.current.projects, result.current.isLoading]).toEqual([[], true]);
  await waitFor(() => expect(result.current.projects.map(({ id }) => id)).toEqual(['p1']));
  const { createProject } = result.current;
  const created = createProject({ name: 'two' });
  await waitFor(() => expect(result.current.projects).toHaveLength(2));
  const request = await heldSave(world);
  request.answer(201, world.save('projects', String(request.body?.['id']), { name: 'two' }));
  expect(await created).toMatchObject({ name: 'two' });
  const updated = result.current.updateProject({ id: 'p1', name: 'uno' });
  const put = await heldSave(world, 1);
  put.answer(200, world.save('projects', 'p1', { name: 'uno' }));
  await updated;
  const deleted = result.current.deleteProject('p1');
  (await heldSave(world, 2)).answer(204);
  await deleted;
  await waitFor(() => expect(result.current.projects.map(({ name }) => name)).toEqual(['two']));
  expect(result.current.createProject).toBe(createProject);
});

it('with debug of the provider, the console says that the goals are subscribed', async () => {
  const said = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
  const world = createLiveWorld({ provider: { debug: true } });
  await openLivePage(world);
  await waitFor(() => expect(said.mock.calls.flat()).toContain('backoffice-sync: useRealtimeGoals is subscribed'));
  said.mockRestore();
});

it('useRealtimeGoals with false listens to nothing', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  const { result } = await openLivePage(world, { live: false });
  expect([result.current.live.status, world.network.tries.websocket]).toEqual(['closed', 0]);
});
