import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineResource } from 'backoffice-sync';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const deals = defineResource({
  name: 'deals',
  public: ['title'],
  schema: z.object({ title: z.string(), organization_id: z.string() }),
});

describe('users who are divided by their scope', () => {
  let at: Started;
  beforeAll(async () => {
    at = await startSync({
      resources: [deals],
      authenticate: (request) => authenticateAs(request),
      // Whoever is in no organization is meant to see nothing; what this gives for him is no value at all.
      scope: (user) => (user['organization'] === 'all' ? null : { organization_id: user['organization'] as string }),
      webhooks: { allowPrivate: ['127.0.0.0/8'] },
    });
    for (const organization of ['o1', 'o2'])
      await call(`As ada:editor:${organization}`, 'POST', '/deals', { id: organization, title: organization, organization_id: organization }); // prettier-ignore
  });
  afterAll(() => at.stop());
  const call = (who: string, method: string, path: string, body?: unknown) =>
    fetch(`${at.url}/api${path}`, {
      method,
      headers: { authorization: who, origin: at.url, 'content-type': 'application/json', 'if-match': '*' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async (who: string, path: string) =>
    (await (await call(who, 'GET', path)).json()) as Record<string, unknown>;

  it('see and tell nothing where their scope has no value, which as JSON would be no scope at all', async () => {
    const nobody = 'As eve:admin';
    for (const path of ['/deals', '/deals/o1', '/sync/poll?since=0'])
      expect([path, (await call(nobody, 'GET', path)).status]).toEqual([path, 403]);
    const sent = await call(nobody, 'POST', '/sync/broadcast', { type: 'test', payload: 'for nobody' });
    expect([sent.status, ((await sent.json()) as { detail: string }).detail]).toEqual([
      403,
      expect.stringContaining('no value for "organization_id"'),
    ]);
    await at.restart();
    const { messages } = await read('As bo:editor:o1', '/sync/poll?since=1');
    expect(messages).toEqual([]);
  });

  it('are told nothing by a server that gives a message a scope without a value', async () => {
    for (const scope of [{ organization_id: undefined }, { organization_id: [undefined] }, null, Promise.resolve({})])
      await expect(at.sync.emitEvent('told', 1, { scope: scope as never })).rejects.toMatchObject({ code: 'BAD_PARAMETER' }); // prettier-ignore
  });

  it('do not learn how many others are connected, nor what the server is made of', async () => {
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=deals`, { authorization: 'As bo:editor:o2' });
    const followers = async (who: string) => {
      const { resources } = await read(who, '/sync/configuration');
      return (resources as unknown as { realtime: { followers?: number } }[])[0]?.realtime.followers;
    };
    expect(await followers('As ada:admin:o1')).toBeUndefined();
    expect(await followers('As root:admin:all')).toBe(1);
    expect(Object.keys(await read('As ada:admin:o1', '/sync/status'))).toEqual(['status', 'cursor']);
    expect(Object.keys(await read('As root:editor:all', '/sync/status'))).toEqual(['status', 'cursor']);
    expect(await read('As root:admin:all', '/sync/status')).toMatchObject({ store: 'lowdb', transports: { sse: 1 } });
    const server = createServer(express().use(at.sync.metrics()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const figures = async (who: string) =>
      (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { authorization: who } }))
        .status;
    expect([await figures('As ada:admin:o1'), await figures('As root:admin:all')]).toEqual([403, 200]);
    server.close();
    await stream.cut();
  });

  it('do not learn of a record of others how far it has come, alive or deleted', async () => {
    const reach = async (who: string) => (await call(who, 'GET', '/deals/o2/reach')).status;
    expect([await reach('As ada:editor:o1'), await reach('As bo:editor:o2')]).toEqual([404, 200]);
    expect((await call('As bo:editor:o2', 'DELETE', '/deals/o2')).status).toBe(204);
    expect([await reach('As ada:editor:o1'), await reach('As bo:editor:o2')]).toEqual([404, 200]);
  });

  it('learn where webhooks lead only where they manage them', async () => {
    const added = await call('As root:admin:all', 'POST', '/webhooks', { url: 'http://127.0.0.1:19999/hook', description: 'A partner' }); // prettier-ignore
    expect(added.status).toBe(201);
    await call('As ada:editor:o1', 'PATCH', '/deals/o1', { title: 'told' });
    expect(await read('As eva:viewer:o1', '/deals/o1/reach')).toMatchObject({ endpoints: [], followers: null });
    const whole = await read('As ada:admin:o1', '/deals/o1/reach');
    expect(whole).toMatchObject({ endpoints: [{ server: 'http://127.0.0.1:19999', description: 'A partner' }] });
  });
});
