import { act, renderHook, screen, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { RealtimeIndicator, useRealtimeSubscription, type RealtimeSubscriptionOptions } from 'backoffice-sync/react';
import { createLiveWorld, type LiveWorld } from './liveWorld.tsx';
import { bePatient } from './patience.ts';

bePatient();

afterEach(() => vi.restoreAllMocks());

interface Goal {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** Follows, and gives what is told as short texts. */
function subscribe(world: LiveWorld, options: Partial<RealtimeSubscriptionOptions<Goal>> = {}) {
  const told: string[] = [];
  const errors: Error[] = [];
  const hook = renderHook(
    (changed: Partial<RealtimeSubscriptionOptions<Goal>>) =>
      useRealtimeSubscription<Goal>({
        table: 'goals',
        onInsert: (payload) => told.push(`${payload.eventType} ${payload.new.name}`),
        onUpdate: (payload) => told.push(`${payload.eventType} ${payload.old.name} ${payload.new.name}`),
        onDelete: (payload) => told.push(`${payload.eventType} ${payload.old.id}`),
        onError: (error) => errors.push(error),
        ...options,
        ...changed,
      }),
    { wrapper: world.wrapper, initialProps: {} },
  );
  return { ...hook, told, errors };
}

it('each change calls back once in the form of a payload with new, old and the time', async () => {
  const world = createLiveWorld({ strict: true });
  const payloads: unknown[] = [];
  const { told, result } = subscribe(world, { onUpdate: (payload) => payloads.push(payload) });
  expect(result.current).toEqual({ status: 'connecting', error: null });
  await world.settle();
  expect(result.current).toEqual({ status: 'subscribed', error: null });
  world.save('goals', 'g1', { name: 'one', status: 'open' });
  world.save('goals', 'g1', { name: 'two', status: 'open' });
  world.save('goals', 'g1', null);
  await world.settle();
  world.clock.advance(200);
  expect(told[0]).toBe('INSERT one');
  expect(told.at(-1)).toBe('DELETE g1');
  world.clock.advance(2000);
  world.save('goals', 'g1', { name: 'three', status: 'open' });
  await world.settle();
  world.clock.advance(2000);
  world.save('goals', 'g1', { name: 'four', status: 'done' });
  await world.settle();
  expect(payloads).toEqual([
    expect.objectContaining({
      eventType: 'UPDATE',
      table: 'goals',
      old: { id: 'g1', name: 'three', status: 'open', version: 4 },
      new: { id: 'g1', name: 'four', status: 'done', version: 5 },
      commit_timestamp: '2026-01-01T00:00:00.000Z',
    }),
  ]);
});

it('a record that leaves the filter is a delete, and one outside of it is nothing', async () => {
  const world = createLiveWorld({ provider: { eventsPerSecond: 1000 } });
  const { told } = subscribe(world, { filter: 'status=eq.open' });
  await world.settle();
  for (const [id, status] of [
    ['g1', 'open'],
    ['g2', 'done'],
    ['g1', 'done'],
  ] as const) {
    world.save('goals', id, { name: id, status });
    await world.settle();
    world.clock.advance(10);
  }
  expect(told).toEqual(['INSERT g1', 'DELETE g1']);
});

it('a throttle tells the first change at once, and the last state of the rest at the end of the window', async () => {
  const world = createLiveWorld();
  const { told } = subscribe(world, { throttleMs: 1000 });
  await world.settle();
  for (let count = 1; count <= 20; count += 1) world.save('goals', 'g1', { name: `${count}`, status: 'open' });
  await world.settle();
  expect(told).toEqual(['INSERT 1']);
  world.clock.advance(1000);
  expect(told).toEqual(['INSERT 1', 'UPDATE 1 20']);
});

it('enabled: false leaves the channel, and true enters it again', async () => {
  const world = createLiveWorld({ provider: { liveResources: [] } });
  const { told, result, rerender } = subscribe(world);
  await world.settle();
  expect(world.network.pipes.size).toBe(1);
  rerender({ enabled: false });
  await world.settle();
  expect([result.current.status, world.network.pipes.size]).toEqual(['closed', 0]);
  world.save('goals', 'g1', { name: 'unheard', status: 'open' });
  await world.settle();
  expect(told).toEqual([]);
  rerender({ enabled: true });
  await world.settle();
  expect(result.current.status).toBe('subscribed');
});

it('what the server refuses is an error with its reason, told once, while the rest goes on', async () => {
  const world = createLiveWorld({ provider: { liveResources: ['news'], eventsPerSecond: 1000 } });
  world.network.refusal = (query) =>
    (query.get('resources') ?? '').split(',').includes('goals') ? { status: 403, code: 'FORBIDDEN' } : null;
  const { result, errors } = subscribe(world);
  await world.settle();
  await world.pass(5000);
  expect(result.current.status).toBe('error');
  expect(result.current.error?.message).toContain('FORBIDDEN');
  expect(errors).toHaveLength(1);
  expect(world.connection.getStatus().state).toBe('live');
});

it('a filter that cannot be read is an error with the reason, not an empty page', async () => {
  const world = createLiveWorld();
  const { result, errors } = subscribe(world, { filter: 'status=maybe.open' });
  await world.settle();
  expect(result.current.status).toBe('error');
  expect(errors[0]?.message).toMatch(/known operators are eq/);
});

it('a cut is followed by the missed changes, and ends the subscription where autoReconnect is false', async () => {
  const world = createLiveWorld();
  const lasting = subscribe(world);
  const once = subscribe(world, { autoReconnect: false });
  await world.settle();
  world.network.ways.websocket = 'refused';
  world.network.ways.sse = 'refused';
  world.network.ways.poll = 'refused';
  await act(async () => {
    for (const pipe of world.network.pipes) pipe.cut();
    await world.network.flush();
  });
  await world.settle();
  expect(once.result.current.status).toBe('closed');
  expect(lasting.result.current.status).toBe('connecting');
  world.save('goals', 'g1', { name: 'meanwhile', status: 'open' });
  Object.assign(world.network.ways, { websocket: 'open', sse: 'open', poll: 'open' });
  await act(() => world.pass(20_000));
  expect(lasting.told).toEqual(['INSERT meanwhile']);
  expect(once.told).toEqual([]);
  expect(once.result.current.status).toBe('closed');
});

it('debug says in words why an event did not come', async () => {
  const said: string[] = [];
  vi.spyOn(console, 'debug').mockImplementation((text: unknown) => void said.push(String(text)));
  const world = createLiveWorld({ provider: { eventsPerSecond: 1000 } });
  const { rerender } = subscribe(world, { filter: 'status=eq.open', debug: true });
  await world.settle();
  world.save('goals', 'g1', { name: 'one', status: 'done' });
  await world.settle();
  rerender({ enabled: false });
  expect(said.join('\n')).toMatch(/waits for the connection/);
  expect(said.join('\n')).toMatch(/is subscribed/);
  expect(said.join('\n')).toContain('created goals g1 is not told: the filter is status=eq.open, and status is "done"');
  expect(said.join('\n')).toMatch(/enabled is false/);
});

it('the indicator says the state in words, what came last, and reconnects', async () => {
  const world = createLiveWorld({ provider: { eventsPerSecond: 1000 } });
  const { rerender } = render(<RealtimeIndicator table="goals" detailed showReconnect locale="en" />, {
    wrapper: world.wrapper,
  });
  await world.settle();
  expect(screen.getByRole('status')).toHaveTextContent('Live');
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.getByRole('region', { name: 'Live data' })).toHaveTextContent('No change yet.');
  world.save('goals', 'g1', { name: 'one' });
  await world.settle();
  expect(screen.getByRole('region')).toHaveTextContent(/g1 was added at/);
  act(() => world.connection.disconnect());
  expect(screen.getByRole('status')).toHaveTextContent('Not connected');
  rerender(<RealtimeIndicator table="goals" detailed showReconnect locale="fr" />);
  expect(screen.getByRole('status')).toHaveTextContent('Non connecté');
  await userEvent.click(screen.getByRole('button', { name: 'Se reconnecter' }));
  await world.settle();
  expect(screen.getByRole('status')).toHaveTextContent('En direct');
});
