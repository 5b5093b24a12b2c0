import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startReceiver } from './receiver.ts';
import { createWorld } from './senderWorld.ts';

interface Corpus {
  readonly cases: readonly { readonly url: string; readonly expect: 'blocked' | 'allowed'; readonly why: string }[];
}
const corpus = JSON.parse(readFileSync(new URL('../../fixtures/ssrf.json', import.meta.url), 'utf8')) as Corpus;

/** A server of the own network that must never hear anything. */
let inside: Server;
let insidePort: number;
let connections = 0;
let world: ReturnType<typeof createWorld>;

beforeAll(async () => {
  inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  insidePort = (inside.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => void inside.close(() => resolve())));
beforeEach(() => {
  world = createWorld();
  connections = 0;
});
afterEach(async () => {
  await world.close();
  expect(connections).toBe(0);
});

/** Names that the corpus leaves to a resolver lead here. */
const publicAddress = { address: '93.184.216.34', family: 4 };

/** The address with the port of the server inside, where it has none of its own. */
function atInside(text: string): string {
  try {
    const url = new URL(text);
    if (url.port === '' && /^https?:$/.test(url.protocol)) url.port = String(insidePort);
    return url.href;
  } catch {
    return text;
  }
}

it('every address of the corpus is judged by the route as the corpus says, and none of the inside is called', async () => {
  const { api } = await world.start({ allowPrivate: [], resolve: async () => [publicAddress] });
  const wrong: string[] = [];
  for (const { url, expect: expected, why } of corpus.cases) {
    for (const asked of expected === 'blocked' ? [url, atInside(url)] : [url]) {
      const answer = await api.post('/webhooks').send({ url: asked });
      const isRight =
        expected === 'allowed'
          ? answer.status === 201
          : answer.status === 422 && ['ENDPOINT_REFUSED', 'INVALID'].includes(answer.body.code as string);
      if (!isRight) wrong.push(`${asked} (${why}): ${answer.status} ${String(answer.body.code)}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('an address of the corpus that an endpoint is moved to is judged the same', async () => {
  const { api } = await world.start({ allowPrivate: [], resolve: async () => [publicAddress] });
  const { body } = await api.post('/webhooks').send({ url: 'https://example.com/hook' }).expect(201);
  for (const { url } of corpus.cases.filter((one) => one.expect === 'blocked')) {
    const answer = await api.patch(`/webhooks/${body.id}`).send({ url });
    expect([url, answer.status]).toEqual([url, 422]);
  }
  expect((await api.get(`/webhooks/${body.id}`)).body.url).toBe('https://example.com/hook');
});

it.each([
  ['wholly', [{ address: '127.0.0.1', family: 4 }]],
  ['in part', [publicAddress, { address: '10.0.0.1', family: 4 }]],
  ['as a mapped address', [{ address: '::ffff:127.0.0.1', family: 6 }]],
  ['to the metadata service', [{ address: '169.254.169.254', family: 4 }]],
  ['to nothing', []],
])('a name that leads inside %s is refused when it is registered', async (_how, addresses) => {
  const { api } = await world.start({ allowPrivate: [], resolve: async () => addresses });
  const answer = await api.post('/webhooks').send({ url: `http://site.example:${insidePort}/` });
  expect([answer.status, answer.body.code]).toEqual([422, 'ENDPOINT_REFUSED']);
});

it('a name that leads inside between check and connect gets no connection: not by an event, a test, or a resend', async () => {
  let isInside = false;
  const resolve = async () => [isInside ? { address: '127.0.0.1', family: 4 } : publicAddress];
  const { add, api, idle } = await world.start({ allowPrivate: [], resolve });
  const { id } = await add(`http://rebind.example:${insidePort}/hook`);
  isInside = true;
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  const test = await api.post(`/webhooks/${id}/test`).expect(200);
  const [, row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
  const resent = await api.post(`/webhooks/${id}/deliveries/${row.id}/resend`).expect(200);
  for (const { outcome, status, error } of [row, test.body, resent.body]) {
    expect([outcome, status]).toEqual(['refused', null]);
    expect(error).toContain('leads to 127.0.0.1');
  }
});

it('a redirect to the inside is not followed', async () => {
  const receiver = await startReceiver((response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${insidePort}/` }).end(),
  );
  const { add, idle, api } = await world.start();
  const { id } = await add(receiver.url);
  await world.save('team', 'ada', { name: 'Ada' });
  await idle();
  const [row] = (await api.get(`/webhooks/${id}/deliveries`)).body;
  expect(row).toMatchObject({ outcome: 'failed', status: 302 });
  await receiver.close();
});
