import { afterEach, describe, expect, it } from 'vitest';
import { defineResource } from 'backoffice-sync';
import { z } from 'zod';
import type { User } from '../../../backend/auth/permissions.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const goals = defineResource({
  name: 'goals',
  schema: z.object({ title: z.string(), org: z.string() }),
  seed: [
    { id: 'one', title: 'One', org: 'o1' },
    { id: 'two', title: 'Two', org: 'o2' },
  ],
});
const as = (name: string) => ({ 'x-user': name });

describe('a reader whose user the rules cannot be asked about, or whose rights change', () => {
  let at: Started;
  afterEach(() => at.stop());

  it('ends with a problem, costs the others nothing, and goes on from its place once the rules answer', async () => {
    let isBroken = false;
    let asked = 0;
    at = await startSync({
      resources: [goals],
      authenticate: (request) => {
        const id = request.get('x-user');
        return id === undefined ? null : { id, name: id, role: 'editor', kind: 'admin' };
      },
      can: (user, _action, { record }) => {
        if (!isBroken || user.id !== 'ada' || record === null) return true;
        asked += 1;
        // So that a server that asks for ever is a failed test and not a hung one.
        if (asked > 500) isBroken = false;
        throw new Error('the rules are broken');
      },
    });
    const ada = await openSocket(`${at.url}/api/sync/ws?resources=goals`, as('ada'));
    const ben = await openSocket(`${at.url}/api/sync/ws?resources=goals`, as('ben'));
    const { cursor } = await ada.next('subscribed');
    await ben.next('subscribed');
    await at.send('PATCH', '/api/goals/one', { title: 'before' });
    await ada.next('change');
    isBroken = true;
    await at.send('PATCH', '/api/goals/one', { title: 'while' });
    expect(await ben.next('change')).toMatchObject({ change: { record: { title: 'before' } } });
    expect(await ben.next('change')).toMatchObject({ change: { record: { title: 'while' } } });
    expect(await ada.next('error')).toMatchObject({ problem: { code: 'INTERNAL' } });
    expect(await ada.closed).toBe(1011);
    expect(asked).toBeLessThan(20);
    isBroken = false;
    const again = await openSocket(`${at.url}/api/sync/ws?resources=goals&since=${String(cursor)}`, as('ada'));
    expect((await again.take(2, 'change')).map(({ change }) => change)).toMatchObject([
      { record: { title: 'before' } },
      { record: { title: 'while' } },
    ]);
    again.cut();
    ben.cut();
  });

  it('sees nothing of an organization that it left, on no connection of before and on none of after', async () => {
    let org = 'o1';
    at = await startSync({
      resources: [goals],
      authenticate: (request): User | null =>
        request.get('x-user') === 'ada' ? { id: 'ada', name: 'Ada', role: 'editor', kind: 'admin', org } : null,
      scope: (user) => (user.kind === 'api' ? null : { org: String(user['org']) }),
      realtime: { recheckMs: 1_000 },
    });
    const before = await openSocket(`${at.url}/api/sync/ws?resources=goals`, as('ada'));
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=goals`, as('ada'));
    await before.next('subscribed');
    await at.send('PATCH', '/api/goals/one', { title: 'hers' });
    await before.next('change');
    org = 'o2';
    const after = await openSocket(`${at.url}/api/sync/ws?resources=goals`, as('ada'));
    await after.next('subscribed');
    await at.send('PATCH', '/api/goals/one', { title: 'no longer hers' });
    await at.send('PATCH', '/api/goals/two', { title: 'now hers' });
    // One user, two scopes at the same time: nothing that is kept for one of them is told to the other.
    expect(await after.next('change')).toMatchObject({ change: { id: 'two', record: { title: 'now hers' } } });
    expect(await before.next('error')).toMatchObject({ problem: { code: 'LOGIN_REQUIRED' } });
    expect(await before.closed).toBe(4401);
    await expect(stream.take(10)).rejects.toThrow('ended');
    await waitUntil('both old ones are gone', async () => {
      const status = (await (await at.send('GET', '/api/sync/status')).json()) as { transports: object };
      return JSON.stringify(status.transports).includes('"websocket":1,"sse":0');
    });
    after.cut();
  });
});
