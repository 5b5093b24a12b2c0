import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRealtimeSyncService, type RealtimeSyncService } from 'backoffice-sync/client';
import { startStandIn, type StandIn } from './standIn.ts';

let server: StandIn;
let service: RealtimeSyncService;

beforeEach(async () => {
  server = await startStandIn({
    '/api/settings': { id: 'main', name: 'n0', phone: 'p0' },
    '/api/team/a': { id: 'a', name: 'Ada' },
    '/foreign': { a: 1, b: 2 },
  });
  service = createRealtimeSyncService({ backendUrl: server.url });
});
afterEach(async () => {
  service.close();
  await server.close();
});

it('a partial save of the settings leaves every other field as it was', async () => {
  const { record } = await service.syncSettings({ name: 'n1' });
  expect(record).toMatchObject({ name: 'n1', phone: 'p0' });
});

it('a save that knows no base says so: PATCH with If-Match: *, never a base fetched just now', async () => {
  await service.syncSettings({ name: 'n1' });
  expect(server.saves).toHaveLength(1);
  expect(server.saves[0]).toMatchObject({ method: 'PATCH', body: { name: 'n1' }, headers: { 'if-match': '*' } });
});

it('a save after load carries the loaded values of the fields that it sends', async () => {
  await service.load('/api/settings');
  await service.syncSettings({ name: 'n1' });
  expect(server.saves[0]).toMatchObject({ method: 'PUT', body: { name: 'n1', $base: { name: 'n0' } } });
  expect(server.saves[0]?.headers['if-match']).toBeUndefined();
});

it('an explicit base wins over what was loaded', async () => {
  await service.load('/api/settings');
  await service.syncSettings({ name: 'n0' }, { base: { name: 'n0', phone: 'older' }, blind: false });
  expect(server.saves[0]?.body).toEqual({ name: 'n0', $base: { name: 'n0' } });
});

it('wishes travel as Prefer, and every save has a key of its own', async () => {
  await service.sync(
    '/api/settings',
    'PUT',
    { name: 'n1' },
    { preserveFields: ['phone', '/a/b'], notifyFrontend: false },
  );
  await service.syncSettings({ name: 'n2' });
  expect(server.saves[0]?.headers.prefer).toBe('receipt, keep="/phone /a/b", notify=none');
  expect(server.saves[1]?.headers.prefer).toBe('receipt');
  expect(server.saves[0]?.headers['idempotency-key']).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(server.saves[0]?.headers['idempotency-key']).not.toBe(server.saves[1]?.headers['idempotency-key']);
});

it('a field is removed with $unset beside its base', async () => {
  await service.load('/api/settings');
  const { record } = await service.syncSettings({ name: 'n1' }, { unset: ['/phone'] });
  expect(server.saves[0]?.body).toEqual({ name: 'n1', $unset: ['/phone'], $base: { name: 'n0', phone: 'p0' } });
  expect(record).not.toHaveProperty('phone');
});

it('a foreign route gets the method asked for, and a base only when one is known', async () => {
  await service.sync('/foreign', 'PATCH', { a: 2 });
  await service.load('/foreign');
  await service.sync('/foreign', 'PUT', { a: 3 });
  expect(server.saves[0]).toMatchObject({ method: 'PATCH', text: '{"a":2}' });
  expect(server.saves[0]?.headers['if-match']).toBeUndefined();
  expect(server.saves[1]?.body).toEqual({ a: 3, $base: { a: 2 } });
});

it('a whole-number version in the data is a base too', async () => {
  const version = Number(server.records.get('/api/settings')?.['version']);
  const plain = service.syncSettings({ name: 'n1', version }).catch(() => null);
  await plain;
  expect(server.saves[0]).toMatchObject({ method: 'PUT', body: { name: 'n1', version } });
});

it('an object with an id is saved, one without is created, and of an array each', async () => {
  await service.loadList('/api/team');
  const [saved, created] = await service.syncTeam([{ id: 'a', name: 'Ada L.' }, { name: 'New' }]);
  expect(saved).toMatchObject({ outcome: 'saved', record: { id: 'a', name: 'Ada L.' } });
  expect(created).toMatchObject({ outcome: 'created', record: { name: 'New' } });
  expect(server.saves.find((save) => save.method === 'PUT')?.body).toEqual({
    id: 'a',
    name: 'Ada L.',
    $base: { id: 'a', name: 'Ada' },
  });
});

it('what the caller does to its object later does not change the save', async () => {
  const data = { name: 'n1' };
  const saved = service.syncSettings(data);
  data.name = 'changed';
  expect((await saved).record).toMatchObject({ name: 'n1' });
});

it('the state is one frozen object until something changes, and listeners hear of each change', async () => {
  const seen = new Set<unknown>();
  const stop = service.subscribe(() => seen.add(service.getState()));
  const before = service.getState();
  expect(service.getState()).toBe(before);
  await service.syncSettings({ name: 'n1' });
  stop();
  expect(seen.size).toBeGreaterThan(1);
  expect(Object.isFrozen(service.getState())).toBe(true);
  expect(service.getState().lastSyncTime).toBeInstanceOf(Date);
});

it('a misspelt option is refused with the nearest name', async () => {
  expect(() => createRealtimeSyncService({ timeoutMS: 5 } as object)).toThrow('Did you mean "timeoutMs"?');
  await expect(service.sync('/api/settings', 'PUT', {}, { preserveField: ['a'] } as object)).rejects.toThrow(
    'Did you mean "preserveFields"?',
  );
  await expect(service.sync('/api/settings', 'PUT', {}, { preserveFields: ['two words'] })).rejects.toThrow(
    'a header cannot carry',
  );
});

it('an answer that is not JSON is no saved record', async () => {
  server.interceptions.push((_, response) => void response.type('html').send('<p>Sign in</p>'));
  await expect(service.syncSettings({ name: 'n1' })).rejects.toMatchObject({ problem: { code: 'ANSWER_UNREADABLE' } });
});
