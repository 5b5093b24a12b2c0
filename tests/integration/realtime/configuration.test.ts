import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource } from 'backoffice-sync';
import { z } from 'zod';
import { openSocket } from '../../helpers/openSocket.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

const schema = z.object({ title: z.string() });

describe('what is live', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync({
      resources: [
        ...testResources,
        defineResource({ name: 'goals', schema, public: 'all', priority: 'high' }),
        defineResource({ name: 'audits', schema, public: 'all', live: false, priority: 'low' }),
      ],
    });
  });
  afterEach(() => at.stop());

  it('is shown with its priority and how many follow it at this moment, at whatever rate', async () => {
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=goals`);
    await socket.next('subscribed');
    const slow = await openSocket(`${at.url}/api/sync/ws?resources=goals&eventsPerSecond=1`);
    await slow.next('subscribed');
    const { resources } = await (await at.send('GET', '/api/sync/configuration')).json();
    const of = (name: string) => resources.find((resource: { name: string }) => resource.name === name).realtime;
    expect(of('goals')).toEqual({ live: true, priority: 'high', followers: 2 });
    expect(of('audits')).toEqual({ live: false, priority: 'low', followers: 0 });
    expect(of('team')).toEqual({ live: true, priority: 'medium', followers: 0 });
    slow.say({ type: 'subscribe', resources: ['team'] });
    await slow.next('subscribed');
    const now = (await (await at.send('GET', '/api/sync/configuration')).json()).resources as typeof resources;
    expect(now.map(({ realtime }: { realtime: { followers: number } }) => realtime.followers)).toEqual(
      now.map(({ name }: { name: string }) => (['goals', 'team'].includes(name) ? 1 : 0)),
    );
    for (const one of [socket, slow]) one.cut();
  });

  it('is given whole by a snapshot, which refuses a filter that it would not apply', async () => {
    const answer = await at.send('GET', '/api/sync/snapshot?resources=goals&filter=title=eq.one');
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'BAD_PARAMETER' })]);
    expect((await at.send('GET', '/api/sync/snapshot?resources=goals')).status).toBe(200);
  });

  it('says how many records there are, to who may configure and reads all of them', async () => {
    const rowsFor = async (send: Started['send']) => {
      const answer = await send('GET', '/api/sync/configuration');
      const { resources } = (await answer.json()) as { resources: readonly { name: string; rows?: number }[] };
      return resources.find(({ name }) => name === 'goals')?.rows;
    };
    for (const title of ['one', 'two']) await at.send('POST', '/api/goals', { title });
    expect(await rowsFor(at.send)).toBe(2);
    const divided = await startSync({
      resources: [defineResource({ name: 'goals', schema })],
      firstAccounts: [
        { username: 'tenant', password: 'tenant-password', role: 'admin' },
        { username: 'writer', password: 'writer-password', role: 'editor' },
      ],
      scope: (user) => (user.id === 'tenant' ? { title: 'mine' } : null),
    });
    const signIn = async (username: string): Promise<Started['send']> => {
      const login = await fetch(`${divided.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: divided.url },
        body: JSON.stringify({ username, password: `${username}-password` }),
      });
      const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
      return (method, path) => fetch(`${divided.url}${path}`, { method, headers: { cookie } });
    };
    expect(await rowsFor(await signIn('tenant'))).toBeUndefined();
    expect(await rowsFor(await signIn('writer'))).toBeUndefined();
    expect(await rowsFor(divided.send)).toBe(0);
    await divided.stop();
  });

  it('is what a user may read, and a server asks for it by name', () => {
    expect([at.sync.isRealtimeEnabled('goals'), at.sync.isRealtimeEnabled('audits'), at.sync.isRealtimeEnabled('nothing')]).toEqual([true, false, false]);
    expect(at.sync.getUserRealtimeResources(null)).toContain('goals');
    expect(at.sync.getUserRealtimeResources(null)).not.toContain('mail');
    expect(at.sync.getUserRealtimeResources({ id: 'a', name: 'Ada', role: 'viewer', kind: 'admin' })).toContain('mail');
  }); // prettier-ignore

  it('leaves out a resource that is not, and says so to who names it', async () => {
    const refused = await openSocket(`${at.url}/api/sync/ws?resources=audits`);
    expect(await refused.next('error')).toMatchObject({
      problem: { code: 'BAD_PARAMETER', detail: expect.stringContaining('live: false') },
    });
    const all = await openSocket(`${at.url}/api/sync/ws?since=`);
    await all.next('subscribed');
    await at.send('POST', '/api/audits', { title: 'unheard' });
    await at.send('POST', '/api/goals', { title: 'heard' });
    expect(await all.next('change')).toMatchObject({ change: { resource: 'goals' } });
    all.cut();
  });
});
