import express from 'express';
import express4 from 'express4';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memorySeenStore, revalidate } from 'backoffice-sync/webhooks';
import { call, createGate, createSite, deliveryOf, epoch, laterEpoch, other, secret } from './receivingSite.ts';

describe('a receiver', () => {
  it('hands a change to the handler and says which version the site serves', async () => {
    const { send, changes } = createSite();
    expect(await send(deliveryOf())).toMatchObject({ status: 200, outcome: 'applied', shown: '1' });
    expect(changes).toMatchObject([{ resource: 'team', id: 'm1', version: 1, record: { name: 'name 1' } }]);
  });

  it('says the version that the handler names, or none when it cannot', async () => {
    const site = createSite({ onChange: ({ id }) => (id === 'm1' ? 41 : null) });
    expect(await site.send(deliveryOf({ version: 42 }))).toMatchObject({ shown: '41' });
    expect(await site.send(deliveryOf({ id: 'm2' }), { id: 'msg_2' })).toMatchObject({ status: 200, shown: null });
    expect(await site.send(deliveryOf({ version: 42 }))).toMatchObject({ outcome: 'duplicate', shown: '41' });
  });

  it('takes a delivery once, however often it comes', async () => {
    const { send, versions } = createSite();
    await send(deliveryOf({ version: 2 }));
    expect(await send(deliveryOf({ version: 2 }))).toMatchObject({ status: 200, outcome: 'duplicate', shown: '2' });
    expect(versions()).toEqual([2]);
  });

  it('drops what is older than what it has, and takes a restored log as newer', async () => {
    const { send, versions } = createSite();
    await send(deliveryOf({ version: 5 }), { id: 'msg_5' });
    expect(await send(deliveryOf({ version: 4 }), { id: 'msg_4' })).toMatchObject({ outcome: 'older', shown: '5' });
    expect(await send(deliveryOf({ version: 3, epoch: laterEpoch }), { id: 'msg_x' })).toMatchObject({
      outcome: 'applied',
    });
    expect(await send(deliveryOf({ version: 9 }), { id: 'msg_9' })).toMatchObject({ outcome: 'older' });
    expect(versions()).toEqual([5, 3]);
  });

  it('applies the same version again when it is told under another id, as a resend or a replay is', async () => {
    const { send, versions } = createSite();
    await send(deliveryOf({ version: 2 }), { id: 'msg_2' });
    expect(await send(deliveryOf({ version: 2 }), { id: 'msg_again' })).toMatchObject({ outcome: 'applied' });
    expect(versions()).toEqual([2, 2]);
  });

  it('notes nothing as seen when the handler fails, answers 500 without its words, and takes the next attempt', async () => {
    let fails = true;
    const site = createSite({
      onChange() {
        if (fails) throw new Error('password=hunter2');
      },
    });
    const refused = await site.receiver.receive(await call(deliveryOf()));
    expect(refused).toMatchObject({ status: 500, headers: { 'content-type': 'application/problem+json' } });
    expect(refused.body).not.toContain('hunter2');
    expect(site.errors).toMatchObject([{ message: 'password=hunter2' }]);
    fails = false;
    expect(await site.send(deliveryOf())).toMatchObject({ outcome: 'applied' });
  });

  it('handles two deliveries of one record one after the other, and those of others meanwhile', async () => {
    const events: string[] = [];
    const first = createGate();
    const site = createSite({
      async onChange({ id, version }) {
        events.push(`${id} ${version} begins`);
        if (id === 'm1' && version === 1) await first.pass();
        events.push(`${id} ${version} ends`);
      },
    });
    const answers = [site.send(deliveryOf(), { id: 'msg_1' })];
    await first.reached;
    const second = await call(deliveryOf({ version: 2 }), { id: 'msg_2' });
    const taking = site.receiver.receive(second);
    await site.send(deliveryOf({ id: 'm2' }), { id: 'msg_3' });
    await site.send(deliveryOf({ id: 'm3' }), { id: 'msg_4' });
    expect(events).toEqual(['m1 1 begins', 'm2 1 begins', 'm2 1 ends', 'm3 1 begins', 'm3 1 ends']);
    first.open();
    await Promise.all([...answers, taking]);
    expect(events.slice(5)).toEqual(['m1 1 ends', 'm1 2 begins', 'm1 2 ends']);
  });

  it('lets a failed delivery of a record not stop the one that waits behind it', async () => {
    const first = createGate();
    const site = createSite({
      async onChange({ version }) {
        if (version > 1) return;
        await first.pass();
        throw new Error('once');
      },
    });
    const failing = site.send(deliveryOf(), { id: 'msg_1' });
    await first.reached;
    // Called with what is signed already, it stands in line before the gate opens.
    const waiting = site.receiver.receive(await call(deliveryOf({ version: 2 }), { id: 'msg_2' }));
    await site.send(deliveryOf({ id: 'm2', version: 2 }), { id: 'msg_3' });
    first.open();
    expect([(await failing).status, (await waiting).status]).toEqual([500, 200]);
  });

  it('answers a test, a reset and a type of later without a record', async () => {
    const heard: unknown[] = [];
    const site = createSite({ onTest: (test) => void heard.push(test), onReset: (reset) => void heard.push(reset) });
    expect(await site.send({ type: 'sync.test', data: { message: 'hello' } })).toMatchObject({
      status: 200,
      outcome: 'tested',
    });
    const reset = { type: 'sync.reset', data: { reason: 'paused', cursor: `${epoch}:7` } };
    expect(await site.send(reset, { id: 'msg_r' })).toMatchObject({ outcome: 'applied' });
    expect(await site.send(reset, { id: 'msg_r' })).toMatchObject({ outcome: 'duplicate' });
    for (const unknown of [
      { type: 'sync.later', data: {} },
      { type: 'team.updated', data: { id: 1 } },
      { data: 1 },
      [],
      'x',
    ])
      expect(await site.send(JSON.stringify(unknown), { id: 'msg_u' })).toMatchObject({
        status: 200,
        outcome: 'ignored',
      });
    expect(heard).toEqual([{ message: 'hello' }, { reason: 'paused', cursor: `${epoch}:7` }]);
    expect(site.changes).toEqual([]);
  });
});

describe('a reset', () => {
  const reset = { type: 'sync.reset', data: { reason: 'overflow', cursor: `${epoch}:7` } };

  it('without a handler is refused, so that the sender does not forget it, and the site is told why', async () => {
    const site = createSite();
    expect(await site.send(reset)).toMatchObject({ status: 500, detail: expect.stringContaining('onReset') as string });
    expect(site.errors).toMatchObject([{ message: expect.stringContaining('onReset') as string }]);
    expect(await site.send(deliveryOf(), { id: 'msg_2' })).toMatchObject({ status: 200 });
  });

  it('waits for what is being applied, and what comes meanwhile is applied after it', async () => {
    const events: string[] = [];
    const [change, whole] = [createGate(), createGate()];
    const site = createSite({
      async onChange({ id, version }) {
        if (version === 1) await change.pass();
        events.push(`${id} ${version}`);
      },
      async onReset() {
        events.push('reset begins');
        await whole.pass();
        events.push('reset ends');
      },
    });
    const first = site.send(deliveryOf());
    await change.reached;
    const second = site.receiver.receive(await call(reset, { id: 'msg_r' }));
    await site.send({ type: 'sync.test', data: { message: 'the reset stands in line' } }, { id: 'msg_t' });
    const third = site.receiver.receive(await call(deliveryOf({ id: 'm2', version: 6 }), { id: 'msg_6' }));
    change.open();
    await whole.reached;
    await site.send({ type: 'sync.test', data: { message: 'the change too' } }, { id: 'msg_u' });
    whole.open();
    await Promise.all([first, second, third]);
    expect(events).toEqual(['m1 1', 'reset begins', 'reset ends', 'm2 6']);
  });

  it('that fails lets the changes behind it in', async () => {
    const site = createSite({ onReset: () => Promise.reject(new Error('the back office is away')) });
    expect(await site.send(reset)).toMatchObject({ status: 500 });
    expect(await site.send(deliveryOf(), { id: 'msg_2' })).toMatchObject({ outcome: 'applied' });
  });

  it('makes what was fetched for a hole before it too old to be applied', async () => {
    const fetching = createGate();
    const site = createSite({
      onReset: () => undefined,
      async fetchRecord() {
        await fetching.pass();
        return { id: 'm1', name: 'of before', version: 9 };
      },
    });
    await site.send(deliveryOf(), { id: 'msg_1' });
    await site.send(deliveryOf({ version: 4 }), { id: 'msg_4' });
    await fetching.reached;
    await site.send(reset, { id: 'msg_r' });
    fetching.open();
    await site.receiver.idle();
    expect(site.versions()).toEqual([1, 4]);
  });
});

describe('an onError that fails', () => {
  it.each([
    ['by throwing', () => { throw new Error('the log is full'); }],
    ['by a promise', () => Promise.reject(new Error('the log is full'))],
  ])('%s costs neither the answer nor the process', async (_how, onError) => {
    const said: unknown[] = [];
    const write = vi.spyOn(console, 'error').mockImplementation((...words) => void said.push(...words));
    const site = createSite({ onError: onError as () => void, onChange: () => { throw new Error('database'); } });
    expect(await site.send(deliveryOf())).toMatchObject({ status: 500 });
    await vi.waitFor(() => expect(said.map(String).join()).toContain('the log is full'));
    write.mockRestore();
  });
}); // prettier-ignore

describe('a hole in the versions', () => {
  it('is applied at once, told, and the record fetched once in the background', async () => {
    const holes: unknown[] = [];
    const fetched: number[] = [];
    let arrive: (record: Record<string, string | number>) => void = () => undefined;
    const site = createSite({
      onHole: (hole) => void holes.push(hole),
      fetchRecord(change) {
        fetched.push(change.version);
        return new Promise((resolve) => (arrive = resolve));
      },
    });
    await site.send(deliveryOf({ version: 1 }), { id: 'msg_1' });
    expect(await site.send(deliveryOf({ version: 4 }), { id: 'msg_4' })).toMatchObject({
      outcome: 'applied',
      shown: '4',
    });
    await Promise.resolve();
    expect(holes).toEqual([{ resource: 'team', id: 'm1', known: 1, versions: [4, 4] }]);
    expect(fetched).toEqual([4]);
    arrive({ id: 'm1', name: 'newest', version: 6 });
    await site.receiver.idle();
    expect(site.changes.map(({ version, record }) => [version, record?.['name']])).toEqual([
      [1, 'name 1'],
      [4, 'name 4'],
      [6, 'newest'],
    ]);
    expect(await site.send(deliveryOf({ version: 5 }), { id: 'msg_5' })).toMatchObject({ outcome: 'older' });
  });

  it('is none where the delivery stands for the versions between, at the first delivery, and in a new log', async () => {
    const holes: unknown[] = [];
    const site = createSite({ onHole: (hole) => void holes.push(hole) });
    await site.send(deliveryOf({ version: 3 }), { id: 'a' });
    await site.send(deliveryOf({ version: 8, versions: [4, 8] }), { id: 'b' });
    await site.send(deliveryOf({ version: 1_000_000, epoch: laterEpoch }), { id: 'c' });
    await site.receiver.idle();
    expect(holes).toEqual([]);
  });

  it('takes nothing back with a fetched record that is not newer, and reports a fetch that fails', async () => {
    const site = createSite({
      fetchRecord({ version }) {
        if (version > 5) throw new Error('the back office is away');
        return { id: 'm1', name: 'old', version: 4 };
      },
    });
    await site.send(deliveryOf({ version: 1 }), { id: 'a' });
    await site.send(deliveryOf({ version: 4 }), { id: 'b' });
    await site.receiver.idle();
    expect(await site.send(deliveryOf({ version: 9 }), { id: 'c' })).toMatchObject({ status: 200 });
    await site.receiver.idle();
    expect(site.versions()).toEqual([1, 4, 9]);
    expect(site.errors).toMatchObject([{ message: 'the back office is away' }]);
  });
});

describe('a change without its record', () => {
  const large = deliveryOf({
    version: 2,
    change: { record: undefined, before: undefined, patch: undefined, truncated: true },
  });

  it('is fetched before the handler gets it', async () => {
    const site = createSite({ fetchRecord: () => ({ id: 'm1', name: 'large', version: 3 }) });
    expect(await site.send(large)).toMatchObject({ outcome: 'applied', shown: '3' });
    expect(site.changes).toMatchObject([{ version: 3, record: { name: 'large' }, operation: 'updated' }]);
  });

  it('is asked for again when what was fetched is older than what was told', async () => {
    const site = createSite({ fetchRecord: () => ({ id: 'm1', name: 'from a cache', version: 1 }) });
    expect(await site.send(large)).toMatchObject({ status: 500 });
    expect(site.changes).toEqual([]);
  });

  it('is handed over as it is where nothing fetches', async () => {
    const site = createSite();
    await site.send(large);
    expect(site.changes).toMatchObject([{ version: 2, record: null, truncated: true, operation: 'updated' }]);
  });
});

describe('a call that is not right', () => {
  const cases = [
    ['unsigned', 401, 'SIGNATURE_INVALID', async () => ({ headers: {}, body: JSON.stringify(deliveryOf()) })],
    ['signed with another secret', 401, 'SIGNATURE_INVALID', () => call(deliveryOf(), { with: other })],
    ['stale', 401, 'SIGNATURE_INVALID', () => call(deliveryOf(), { at: new Date(Date.now() - 301_000) })],
    ['of the future', 401, 'SIGNATURE_INVALID', () => call(deliveryOf(), { at: new Date(Date.now() + 302_000) })],
    ['altered', 401, 'SIGNATURE_INVALID', async () => ({ ...(await call(deliveryOf())), body: JSON.stringify(deliveryOf({ version: 7 })) })],
    ['signed but no JSON', 400, 'BODY_NOT_JSON', () => call('{"type":')],
    ['too large', 413, 'BODY_TOO_LARGE', () => call(`"${'x'.repeat(2000)}"`)],
    ['no POST', 405, 'METHOD_NOT_ALLOWED', async () => ({ ...(await call(deliveryOf())), method: 'GET' })],
  ] as const; // prettier-ignore
  it.each(cases)('%s is %i %s and nothing is applied', async (_name, status, code, make) => {
    const site = createSite({ maxBodyBytes: 1500 });
    const answer = await site.receiver.receive(await make());
    expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['allow']).toBe(status === 405 ? 'POST' : undefined);
    expect([site.changes, site.errors]).toEqual([[], []]);
  });

  it('says why in a member of the problem', async () => {
    const site = createSite();
    expect(await site.send(deliveryOf(), { with: other })).toMatchObject({ reason: 'signature' });
    expect(await site.send(deliveryOf(), { at: new Date(0) })).toMatchObject({ reason: 'tooOld' });
  });
});

describe('the secrets', () => {
  it('may be two during a rotation', async () => {
    const site = createSite({ secrets: [other, secret] });
    expect((await site.send(deliveryOf(), { with: secret })).status).toBe(200);
    expect((await site.send(deliveryOf(), { with: other, id: 'msg_2' })).status).toBe(200);
  });

  it('may be asked for at each call; without one nothing is let in, and that is our fault, not the caller’s', async () => {
    const given: string[] = [];
    const site = createSite({ secrets: () => given });
    expect(await site.send(deliveryOf())).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(site.errors.length).toBe(1);
    given.push(secret);
    expect(await site.send(deliveryOf())).toMatchObject({ status: 200 });
  });

  it('stop the start when they are none, and are not repeated in the words', () => {
    for (const secrets of [[], ['whsec_!'], [undefined], 'whsec_abcd', undefined])
      expect(() => createSite({ secrets: secrets as string[] })).toThrow(/"secrets" has to be a list/);
    expect(() => createSite({ secrets: ['whsec_hunter2!'] })).toThrow(/^(?!.*hunter2)/);
  });
});

it('an option that is not known stops the start and names the nearest one', () => {
  expect(() => createSite({ onChanged: () => undefined } as object)).toThrow(/Did you mean "onChange"/);
  expect(() => createSite({ maxBodyBytes: 0 })).toThrow(/maxBodyBytes/);
  expect(() => createSite({ onReset: 5 as never })).toThrow(/function/);
});

it('the store in memory lets go of the record that was told longest ago', async () => {
  const store = memorySeenStore({ maxRecords: 2 });
  const seen = { cursor: `${epoch}:1`, version: 1, messageId: 'm', shown: 1 };
  for (const key of ['a', 'b', 'a', 'c']) await store.set(key, seen);
  expect([await store.get('a'), await store.get('b'), await store.get('c')]).toEqual([seen, null, seen]);
});

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('on %s', (_name, framework) => {
  const post = async (url: string, body: object | string, headers: object = {}) => {
    const sent = await call(body);
    const answer = await fetch(url, { method: 'POST', headers: { ...sent.headers, ...headers }, body: sent.body });
    return { status: answer.status, shown: answer.headers.get('x-sync-shown'), body: (await answer.json()) as object };
  };
  const json = { 'content-type': 'application/json' };

  it('the handler reads the raw body itself', async () => {
    const { receiver, changes } = createSite({ maxBodyBytes: 2000 });
    const app = framework();
    app.post('/hook', receiver.express());
    const url = await listen(app);
    expect(await post(url, deliveryOf(), json)).toMatchObject({ status: 200, shown: '1' });
    expect(await post(url, `"${'x'.repeat(3000)}"`, json)).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    expect(changes.length).toBe(1);
  });

  it('a body parser before it is named as what is wrong, and nothing is applied', async () => {
    const { receiver, changes } = createSite();
    const app = framework();
    app.use(framework.json());
    app.post('/hook', receiver.express());
    const answer = await post(await listen(app), deliveryOf(), json);
    expect(answer).toMatchObject({ status: 500, body: { code: 'RAW_BODY_MISSING' } });
    expect(JSON.stringify(answer.body)).toContain('before express.json()');
    expect(changes).toEqual([]);
  });

  it('a site that has answered by itself before the handler ends stays up, and takes the call when it comes again', async () => {
    const handling = createGate();
    const { receiver, changes, errors } = createSite({
      onChange: async (change) => {
        await handling.pass();
        changes.push(change);
      },
    });
    const app = framework();
    let isFirst = true;
    app.post('/hook', (_request, response, next) => {
      next();
      if (isFirst) void handling.reached.then(() => response.status(503).json({}));
      isFirst = false;
    }, receiver.express()); // prettier-ignore
    const url = await listen(app);
    expect(await post(url, deliveryOf(), json)).toMatchObject({ status: 503 });
    handling.open();
    expect(await post(url, deliveryOf(), json)).toMatchObject({ status: 200, body: { outcome: 'duplicate' } });
    expect([changes.length, errors]).toEqual([1, []]);
  });

  it('bytes that the application has kept are taken', async () => {
    const { receiver } = createSite();
    const raw = framework();
    raw.use(framework.raw({ type: '*/*' }));
    raw.post('/hook', receiver.express());
    expect((await post(await listen(raw), deliveryOf(), json)).status).toBe(200);
    const kept = framework();
    kept.use(
      framework.json({ verify: (request, _response, bytes) => void Object.assign(request, { rawBody: bytes }) }),
    );
    kept.post('/hook', receiver.express());
    expect((await post(await listen(kept), deliveryOf(), json)).status).toBe(200);
  });
});

describe('on the web platform', () => {
  const request = async (body: object | string, init: object = {}) => {
    const sent = await call(body);
    return new Request('http://site/hook', { method: 'POST', ...sent, ...init });
  };

  it('a request becomes a response, as a route of Next.js, Hono or a worker', async () => {
    const { receiver, changes } = createSite();
    const response: Response = await receiver.handleRequest(await request(deliveryOf()));
    expect([response.status, response.headers.get('x-sync-shown'), await response.json()]).toEqual([
      200,
      '1',
      { outcome: 'applied' },
    ]);
    expect(changes.length).toBe(1);
    expect((await receiver.handleRequest(new Request('http://site/hook'))).status).toBe(405);
  });

  it('a body that grows beyond what is accepted is not read to its end', async () => {
    const { receiver } = createSite({ maxBodyBytes: 1000 });
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(400));
      },
    });
    const response = await receiver.handleRequest(await request('x', { body: endless, duplex: 'half' }));
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  it('a body that was read before is named as what is wrong', async () => {
    const { receiver } = createSite();
    const used = await request(deliveryOf());
    await used.json();
    const response = await receiver.handleRequest(used);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'RAW_BODY_MISSING']);
  });
});

describe('revalidate', () => {
  it('makes old the tags and paths of a change, and everything at a reset', async () => {
    const old: string[] = [];
    const site = createSite(
      revalidate({
        revalidateTag: (tag) => void old.push(tag),
        revalidatePath: (path) => void old.push(path),
        path: ({ resource }) => [`/${resource}`],
      }),
    );
    await site.send(deliveryOf());
    await site.send({ type: 'sync.reset', data: {} }, { id: 'msg_r' });
    expect(old).toEqual(['team', 'team/m1', '/team', 'backoffice']);
  });

  it('takes tags of one’s own', async () => {
    const old: string[] = [];
    const handlers = revalidate({
      revalidateTag: (tag) => void old.push(tag),
      tag: ({ id }) => [id, id],
      all: { tags: ['all'] },
    });
    const site = createSite(handlers);
    await site.send(deliveryOf());
    await site.send({ type: 'sync.reset', data: {} }, { id: 'msg_r' });
    expect(old).toEqual(['m1', 'all']);
  });
});
