import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lowdbStore } from 'backoffice-sync';
import { expect, it } from 'vitest';
import { startSync } from '../../helpers/startSync.ts';

it('in a restored copy the ETag that is read is a base for the next save, also where older ones are refused', async () => {
  const first = await startSync();
  await first.send('PATCH', '/api/team/m1', { role: 'CEO' });
  const old = (await first.send('GET', '/api/team/m1')).headers.get('etag') ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'copy-'));
  await cp(first.folder, folder, { recursive: true });
  await first.stop();
  const copy = await startSync({ store: lowdbStore({ folder }), ifMatch: 'strict' });
  const read = await copy.send('GET', '/api/team/m1');
  const etag = read.headers.get('etag') ?? '';
  expect(await read.json()).toMatchObject({ role: 'CEO', version: 1_000_000 });
  expect((await copy.send('PATCH', '/api/team/m1', { role: 'CFO' }, { 'If-Match': old })).status).toBe(412);
  const saved = await copy.send('PATCH', '/api/team/m1', { role: 'CTO' }, { 'If-Match': etag });
  expect([saved.status, ((await saved.json()) as { version: number }).version]).toEqual([200, 1_000_001]);
  await copy.stop();
  await rm(folder, { recursive: true });
});
