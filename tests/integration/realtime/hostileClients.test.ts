import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../backend/auth/permissions.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { handshake, openRawSocket } from '../../helpers/rawSocket.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const ada: User = { id: 'ada', name: 'Ada', role: 'editor', kind: 'admin' };

/** What the status says of connections. */
async function transports(at: Started): Promise<Record<string, number>> {
  return ((await (await at.send('GET', '/api/sync/status')).json()) as { transports: Record<string, number> })
    .transports;
}

/** Connections of the server's process that are still open, of any kind. */
const openPorts = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

describe('a client that means ill', () => {
  let at: Started;
  let gate: Promise<void> = Promise.resolve();
  beforeEach(async () => {
    gate = Promise.resolve();
    at = await startSync({
      authenticate: async (request) => {
        await gate;
        return request.get('x-user') === 'ada' ? ada : null;
      },
      realtime: { heartbeatMs: 5_000, maxConnectionsPerClient: 5 },
    });
  });
  afterEach(() => at.stop());

  it('is answered with 400 for a handshake without a key, or with 404, 405 or 426, and its connection ends although it does not end it', async () => {
    const before = openPorts();
    const requests = [
      [handshake('/api/sync/ws', { without: 'Sec-WebSocket-Key' }), 400],
      [handshake('/api/sync/ws', { without: 'Sec-WebSocket-Version' }), 400],
      [handshake('/api/sync/wsx'), 404],
      [handshake('/api/ws/nothing'), 404],
      [handshake('/elsewhere'), 404],
      [handshake('/api/sync/ws', { method: 'POST', more: 'Content-Length: 5\r\n' }) + 'hello', 404],
      [handshake('/api/sync/ws', { method: 'HEAD' }), 405],
    ] as const;
    for (const [request, status] of requests) {
      const socket = await openRawSocket(at.url);
      socket.write(request);
      const text = await socket.until((got) => got.includes('\r\n\r\n'));
      expect(text.split('\r\n')[0], request).toContain(String(status));
      await waitUntil(`the end of ${request.split('\r\n')[0]}`, () => openPorts() <= before + 1, 4_000);
      socket.destroy();
      await socket.closed;
    }
  });

  it('cannot leave a stream behind by going away while it is being asked who it is', async () => {
    let release = (): void => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    for (let count = 0; count < 5; count += 1) {
      const socket = await openRawSocket(at.url);
      socket.write('GET /api/sync/stream HTTP/1.1\r\nHost: x\r\n\r\n');
      // Until the server has read it: then it is gone.
      await new Promise((resolve) => setImmediate(resolve));
      socket.destroy();
      await socket.closed;
    }
    release();
    gate = Promise.resolve();
    await waitUntil('no stream is left', async () => (await transports(at))['sse'] === 0, 3_000);
  });

  it('is refused a filter that takes long to read, before it is read', async () => {
    for (const bad of [`${' '.repeat(60_000)}"`, '"\\'.repeat(15_000), `${'a'.repeat(60_000)}"`]) {
      const socket = await openSocket(`${at.url}/api/sync/ws`);
      socket.say({ type: 'subscribe', filters: [`team:name=in.(${bad})`] });
      expect(await socket.next('error')).toMatchObject({ problem: { code: 'BAD_PARAMETER' } });
      expect(await socket.closed).toBe(4400);
    }
  });

  it('is closed with 1009 for a frame above the limit, with 4400 for binary, and every other client goes on', async () => {
    const bystander = await openSocket(`${at.url}/api/sync/ws?resources=settings`);
    await bystander.next('subscribed');
    const large = await openSocket(`${at.url}/api/sync/ws`);
    large.say({ type: 'ping', more: 'x'.repeat(65_536) });
    expect(await large.closed).toBe(1009);
    const raw = await openRawSocket(at.url);
    raw.write(handshake('/api/sync/ws'));
    await raw.until((text) => text.includes('101'));
    // A frame that says it is 2^63 bytes, one with reserved bits, one without a mask.
    raw.write(Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255]));
    for (const bytes of [[0xf1, 0x80, 0, 0, 0, 0], [0x81, 0x01, 65], [0x83, 0x80, 0, 0, 0, 0]]) {
      const socket = await openRawSocket(at.url);
      socket.write(handshake('/api/sync/ws'));
      await socket.until((text) => text.includes('101'));
      socket.write(Buffer.from(bytes));
      await socket.until((text) => text.includes('\x88'));
      socket.destroy();
    } // prettier-ignore
    raw.destroy();
    await at.send('PATCH', '/api/settings', { companyName: 'goes on' });
    expect(await bystander.next('change')).toMatchObject({ change: { record: { companyName: 'goes on' } } });
    bystander.cut();
  });

  it('gets no room under a name that is none, however it is written', async () => {
    for (const name of ['a%0d%0aSet-Cookie:%20x=1', '%E0%A4%A', 'a%20b', '..%2f..', 'x'.repeat(201), '%00', '__proto__']) {
      const socket = await openRawSocket(at.url);
      socket.write(handshake(`/api/ws/room/${name}`, { more: 'x-user: ada\r\n' }));
      const text = await socket.until((got) => got.includes('HTTP/1.1 400') || got.includes('BAD_PARAMETER') || got.includes('\r\n\r\n') && name === '__proto__'); // prettier-ignore
      expect(text.toLowerCase()).not.toMatch(/^set-cookie/m);
      socket.destroy();
    } // prettier-ignore
    const encoded = await openSocket(`${at.url}/api/ws/room/project%3A1`, { 'x-user': 'ada' });
    const plain = await openSocket(`${at.url}/api/ws/room/project:1`, { 'x-user': 'ada' });
    encoded.say({ type: 'document_updated', n: 1 });
    expect(await plain.next('document_updated')).toMatchObject({ n: 1, room: 'project:1' });
    encoded.cut();
    plain.cut();
  });

  it('is refused connections above its limit, each with a problem, however many it opens at once, and has its place back after', async () => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => openSocket(`${at.url}/api/sync/ws?resources=`)));
    const first = await Promise.all(sockets.map((socket) => socket.next('subscribed', 'error')));
    expect(first.filter(({ type }) => type === 'subscribed')).toHaveLength(5);
    for (const [index, socket] of sockets.entries())
      if (first[index]?.type === 'error') expect(await socket.closed).toBe(4503);
    for (const socket of sockets) socket.cut();
    await waitUntil('all are gone', async () => (await transports(at))['websocket'] === 0);
  });
});
