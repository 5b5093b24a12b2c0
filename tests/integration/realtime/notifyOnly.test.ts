import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineResource } from 'backoffice-sync';
import { z } from 'zod';
import { openSocket } from '../../helpers/openSocket.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';
import { startReceiver } from '../webhooks/receiver.ts';

const headers = { authorization: `Bearer ${apiToken}` };
const secret = 'needs a rise';

describe('a resource that tells without fields', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync({
      webhooks: { allowPrivate: ['127.0.0.0/8'] },
      resources: [
        defineResource({
          name: 'reviews',
          live: 'notify',
          public: ['note'],
          counter: ['reads'],
          schema: z.object({ note: z.string(), team: z.string(), reads: z.number().int().default(0) }),
        }),
      ],
    });
  });
  afterEach(() => at.stop());

  const make = async (id: string, team: string) => {
    expect((await at.send('POST', '/api/reviews', { id, team, note: secret })).status).toBe(201);
  };
  const untold = { record: null, before: null, patch: [] };

  it('tells every socket which record changed, how and to which version, and nothing that is in it', async () => {
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=reviews`, headers);
    await socket.next('subscribed');
    await make('r1', 'a');
    await at.send('PATCH', '/api/reviews/r1', { note: `${secret} soon` });
    await at.send('POST', '/api/reviews/r1/increment', { reads: 2 }, { 'idempotency-key': 'k-12345678' });
    await at.send('DELETE', '/api/reviews/r1', undefined, { 'if-match': '*' });
    const told = await socket.take(4, 'change');
    const base = { resource: 'reviews', id: 'r1', ...untold };
    expect(told.map(({ change }) => change)).toEqual([
      expect.objectContaining({ ...base, operation: 'created', version: 1, actor: expect.objectContaining({ id: 'api' }) }),
      expect.objectContaining({ ...base, operation: 'updated', version: 2 }),
      expect.objectContaining({ ...base, operation: 'updated', version: 2, counts: {} }),
      expect.objectContaining({ ...base, operation: 'deleted', version: 3 }),
    ]); // prettier-ignore
    for (const { cursor } of told) expect(cursor).toMatch(/:\d+$/);
    expect(JSON.stringify(told)).not.toContain(secret);
    socket.cut();
  });

  it('is told through filters, which look at the whole record: one that enters is created, one that leaves is deleted', async () => {
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=reviews&filter=team=eq.a`, headers);
    await socket.next('subscribed');
    await make('r1', 'b');
    await make('r2', 'a');
    await at.send('PATCH', '/api/reviews/r1', { team: 'a' });
    await at.send('PATCH', '/api/reviews/r2', { team: 'b' });
    const told = await socket.take(3, 'change');
    expect(told.map(({ change }) => change)).toEqual([
      expect.objectContaining({ id: 'r2', operation: 'created', ...untold }),
      expect.objectContaining({ id: 'r1', operation: 'created', ...untold }),
      expect.objectContaining({ id: 'r2', operation: 'deleted', ...untold }),
    ]);
    socket.cut();
  });

  it('is updated, and never deleted, where several changes of a living record are told as one', async () => {
    await make('r1', 'a');
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=reviews&eventsPerSecond=2`, headers);
    await socket.next('subscribed');
    for (const text of ['1', '2', '3', '4']) await at.send('PATCH', '/api/reviews/r1', { note: text });
    let version = 0;
    while (version < 5) {
      const { change } = await socket.next('change');
      expect(change).toMatchObject({ operation: 'updated', ...untold });
      ({ version } = change as { version: number });
    }
    socket.cut();
  });

  it('says as little to a stream, a poll and a webhook, and everything to who loads it or reads its history', async () => {
    const receiver = await startReceiver();
    expect((await at.send('POST', '/api/webhooks', { url: receiver.url })).status).toBe(201);
    const { cursor } = (await (await at.send('GET', '/api/sync/status')).json()) as { cursor: string };
    await make('r1', 'a');
    await receiver.got(1);
    const poll = await (await at.send('GET', `/api/sync/poll?resources=reviews&since=${cursor}`)).text();
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=reviews&since=${cursor}`, headers);
    for (const told of [poll, JSON.stringify(await stream.take(1)), receiver.calls[0]?.body ?? '']) {
      expect(told).toContain('"id":"r1"');
      expect(told).not.toContain(secret);
    }
    expect(receiver.calls[0]?.event).toMatchObject({ type: 'reviews.created', data: { ...untold, versions: [1, 1] } });
    expect(await (await at.send('GET', '/api/reviews/r1')).json()).toMatchObject({ note: secret });
    await at.send('PATCH', '/api/reviews/r1', { note: `${secret} soon` });
    expect(await (await at.send('GET', '/api/reviews/r1/history')).text()).toContain(`${secret} soon`);
    await stream.cut();
    await receiver.close();
  });

  it('is shown as such in the configuration, and counts as live', async () => {
    const { resources } = await (await at.send('GET', '/api/sync/configuration')).json();
    expect(resources[0].realtime).toMatchObject({ live: 'notify' });
    expect(at.sync.isRealtimeEnabled('reviews')).toBe(true);
    expect(() => defineResource({ name: 'goals', schema: z.object({}), live: 'quiet' as 'notify' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
