import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createAddressGuard, type ResolvedAddress } from '../../../backend/readers/webhooks/addressGuard.ts';
import { Call } from '../../../backend/readers/webhooks/call.ts';
import { createPoster } from '../../../backend/readers/webhooks/postDelivery.ts';
import { systemTimers } from '../../../backend/readers/webhooks/timers.ts';
import type { Endpoint } from '../../../backend/readers/webhooks/webhooksResource.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A poster, and a receiver whose name resolves when the test says so. */
async function newPoster() {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/plain' });
    if (request.url === '/silent') return;
    if (request.url === '/endless') response.write('x'.repeat(100_000));
    else response.end('taken');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let answer: (addresses: ResolvedAddress[]) => void = () => undefined;
  const resolved = new Promise<ResolvedAddress[]>((resolve) => (answer = resolve));
  const guard = createAddressGuard({ allowPrivate: ['127.0.0.0/8'], resolve: () => resolved });
  const poster = createPoster({ guard, timers: systemTimers, now: Date.now });
  closing.push(
    () => poster.close(),
    () => (server.closeAllConnections(), server.close()),
  );
  const { port } = server.address() as AddressInfo;
  const headers = {
    'content-type': 'application/json', 'user-agent': 'test',
    'webhook-id': 'm', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x',
  }; // prettier-ignore
  return {
    paths,
    resolve: () => answer([{ address: '127.0.0.1', family: 4 }]),
    post: (url: string, call: Call) =>
      poster.post(
        { endpoint: { url: url.replace(':port', `:${port}`) } as Endpoint, headers, body: Buffer.from('{}') },
        call,
      ),
  };
}

it('a call that still waits for a connection ends at once, and is never sent afterwards', async () => {
  const { post, resolve, paths } = await newPoster();
  const call = new Call();
  const ended = post('http://receiver.test:port/ended', call);
  call.end('stopped');
  expect(await ended).toEqual({ kind: 'aborted' });
  const other = post('http://receiver.test:port/other', new Call());
  resolve();
  expect(await other).toMatchObject({ kind: 'delivered', status: 200, answer: { body: 'taken', bodyBytes: 5 } });
  expect(paths).toEqual(['/other']);
});

it('an answer that does not end is a verdict as soon as enough of it came', async () => {
  const { post } = await newPoster();
  const outcome = await post('http://127.0.0.1:port/endless', new Call());
  expect(outcome).toMatchObject({ kind: 'delivered', status: 200, answer: { bodyBytes: null } });
  expect(outcome.kind === 'delivered' && outcome.answer?.body.length).toBe(4_096);
});

it('an address that may not be called is refused at every attempt, and not one of them connects', async () => {
  const { post, paths } = await newPoster();
  for (let n = 0; n < 2; n++)
    expect(await post('http://10.0.0.1:port/', new Call())).toMatchObject({ kind: 'refused', status: null });
  expect(paths).toEqual([]);
});

it('a call that gives its place to others before it is connected says nothing about its receiver, a later one does', async () => {
  const { post, resolve, paths } = await newPoster();
  const early = new Call();
  const looking = post('http://receiver.test:port/early', early);
  early.end('cut');
  expect(await looking).toMatchObject({ kind: 'failed', isCounted: false });
  resolve();
  const late = new Call();
  const waiting = post('http://receiver.test:port/silent', late);
  await expect.poll(() => paths).toContain('/silent');
  late.end('cut');
  expect(await waiting).toMatchObject({ kind: 'failed', isCounted: true });
});
