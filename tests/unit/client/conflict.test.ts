import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRealtimeSyncService,
  SyncRequestError,
  type RealtimeSyncService,
  type RealtimeSyncServiceOptions,
} from 'backoffice-sync/client';
import { startStandIn, type StandIn } from './standIn.ts';

const settings = { id: 'main', name: 'n0', phone: 'p0', city: 'c0' };
let server: StandIn;
let service: RealtimeSyncService;

beforeEach(async () => {
  server = await startStandIn({
    '/api/settings': settings,
    '/api/team/a': { id: 'a', name: 'Ada' },
    '/api/team/b': { id: 'b', name: 'Bob' },
  });
});
afterEach(async () => {
  service.close();
  await server.close();
});

const start = (options: RealtimeSyncServiceOptions = {}) => {
  service = createRealtimeSyncService({ backendUrl: server.url, coalesceMs: 5, ...options });
  return service;
};
const stored = (path = '/api/settings') => server.records.get(path);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was saved'),
    (error: unknown) => error as SyncRequestError,
  );
const entries = () => service.getState().entries;

describe('conflicts', () => {
  const collide = async () => {
    await start().load('/api/settings');
    server.change('/api/settings', { name: 'theirs', city: 'their city' });
    return refusal(service.sync('/api/settings', 'PUT', { name: 'mine', phone: 'p1', city: 'c0' }));
  };

  it('a conflict parks its record only and keeps what was typed', async () => {
    const error = await collide();
    expect(error).toBeInstanceOf(SyncRequestError);
    expect(error.conflicts).toMatchObject([{ path: '/name', mine: 'mine', theirs: 'theirs' }]);
    expect(error.current).toMatchObject({ name: 'theirs' });
    void service.queueSync('/api/settings', 'PUT', { phone: 'p2' }).catch(() => undefined);
    void service.queueSync('/api/settings', 'PUT', { phone: 'p3' }).catch(() => undefined);
    await service.sync('/api/team/a', 'PATCH', { name: 'Ada L.' });
    expect(stored('/api/team/a')).toMatchObject({ name: 'Ada L.' });
    expect(entries()).toMatchObject([
      { status: 'conflict', data: { name: 'mine', phone: 'p1', city: 'c0' }, current: { name: 'theirs' } },
      { status: 'waiting', data: { phone: 'p3' } },
    ]);
    expect(server.saves.filter((save) => save.path === '/api/settings')).toHaveLength(1);
  });

  it('"mine" ends it in one round trip without touching what only the colleague changed', async () => {
    const error = await collide();
    const later = service.queueSync('/api/settings', 'PUT', { name: 'mine', phone: 'p2', city: 'c0' });
    const result = await service.resolve(error.entryId ?? '', 'mine');
    expect(result.record).toMatchObject({ name: 'mine', phone: 'p1', city: 'their city' });
    await later;
    expect(stored()).toMatchObject({ name: 'mine', phone: 'p2', city: 'their city' });
    expect(server.saves).toHaveLength(3);
    expect(entries()).toEqual([]);
  });

  it('"theirs" keeps the rest of what was typed', async () => {
    const error = await collide();
    const later = service.queueSync('/api/settings', 'PUT', { name: 'mine', phone: 'p2', city: 'c0' });
    await service.resolve(error.entryId ?? '', 'theirs');
    await later;
    expect(stored()).toMatchObject({ name: 'theirs', phone: 'p2', city: 'their city' });
  });

  it('an edited result is saved as it is', async () => {
    const error = await collide();
    await service.resolve(error.entryId ?? '', { name: 'both' });
    expect(stored()).toMatchObject({ name: 'both', phone: 'p1', city: 'their city' });
    expect(server.saves[1]?.headers['idempotency-key']).not.toBe(server.saves[0]?.headers['idempotency-key']);
  });

  it('a discarded conflict lets later edits go on, without what was given up', async () => {
    const error = await collide();
    const later = service.queueSync('/api/settings', 'PUT', { name: 'mine', phone: 'p2', city: 'c0' });
    service.discard(error.entryId ?? '');
    await later;
    expect(stored()).toMatchObject({ name: 'theirs', phone: 'p2', city: 'their city' });
    expect(entries()).toEqual([]);
  });

  it('a record that somebody deleted comes back with the edit', async () => {
    await start().load('/api/team/a');
    server.records.delete('/api/team/a');
    const error = await refusal(service.sync('/api/team/a', 'PUT', { name: 'Ada L.' }));
    expect(error.current).toBeNull();
    const result = await service.resolve(error.entryId ?? '', 'mine');
    expect(result.outcome).toBe('created');
    expect(stored('/api/team/a')).toMatchObject({ id: 'a', name: 'Ada L.' });
  });

  it('a delete does not take what a colleague saved since', async () => {
    await start().load('/api/team/a');
    server.change('/api/team/a', { name: 'theirs' });
    const error = await refusal(service.sync('/api/team/a', 'DELETE'));
    expect(stored('/api/team/a')).toMatchObject({ name: 'theirs' });
    expect((await service.resolve(error.entryId ?? '', 'mine')).outcome).toBe('deleted');
  });
});
