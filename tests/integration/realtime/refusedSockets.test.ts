import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { handshake } from '../../helpers/rawSocket.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const paths = ['/api/sync/ws?resources=settings', '/api/ws/notifications', '/api/ws/room/project:1'] as const;
const admin = { authorization: 'As root:admin' };
const ada = { authorization: 'As ada:editor' };
/** One byte in a frame whose reserved bits are set. */
const brokenFrame = Buffer.from([0xff, 0x81, 1, 2, 3, 4, 5]);

let at: Started;
afterEach(() => at.stop());

const start = async (maxConnectionsPerClient: number): Promise<void> => {
  at = await startSync({
    authenticate: (request) => authenticateAs(request),
    realtime: { maxConnectionsPerClient },
  });
};
const openSockets = async (): Promise<number> => {
  const status = (await (await fetch(`${at.url}/api/sync/status`, { headers: admin })).json()) as {
    transports: { websocket: number };
  };
  return status.transports.websocket;
};

/** Asks for a socket and sends a broken frame as soon as the answer is there; resolves with what came when it is over. */
function breakOne(path: string, more: string): Promise<string> {
  const { hostname, port } = new URL(at.url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = '';
  socket.write(handshake(path, { more }));
  socket.on('data', (bytes: Buffer) => {
    if (text === '') socket.write(brokenFrame);
    text += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

it.each(paths)(
  'a broken frame over %s ends that socket and nobody else, whoever sent it',
  { timeout: 10_000 },
  async (path) => {
    await start(1);
    const faults: unknown[] = [];
    const onFault = (error: unknown): void => void faults.push(error);
    process.prependListener('uncaughtException', onFault);
    try {
      await breakOne(path, '');
      const witness = await openSocket(`${at.url}/api/sync/ws?resources=services`, ada);
      await witness.next('subscribed');
      // One too many, of the same user.
      expect(await breakOne(path, 'authorization: As ada:editor\r\n')).toContain('TOO_MANY_CONNECTIONS');
      await at.sync.emitUpdated('services', 's1', { title: 'goes on' });
      expect(await witness.next('change')).toMatchObject({ change: { record: { title: 'goes on' } } });
      expect(faults).toEqual([]);
      witness.cut();
    } finally {
      process.off('uncaughtException', onFault);
    }
  },
);

it.each(paths.slice(1))(
  'visitors that %s refuses cost no place among the connections of their address',
  async (path) => {
    await start(2);
    for (let round = 0; round < 3; round += 1) {
      const socket = await openSocket(`${at.url}${path}`);
      expect(await socket.next('error')).toMatchObject({ problem: { code: 'LOGIN_REQUIRED' } });
      expect(await socket.closed).toBe(4401);
    }
    expect(await openSockets()).toBe(0);
    const stream = await fetch(`${at.url}/api/sync/stream?resources=settings`);
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
  },
);

it('a socket that is refused while its subscription is checked gives its place back', async () => {
  await start(1);
  for (let round = 0; round < 3; round += 1) {
    const socket = await openSocket(`${at.url}/api/sync/ws?resources=nothing`, ada);
    expect(await socket.next('error')).toMatchObject({ problem: { code: 'BAD_PARAMETER' } });
    expect(await socket.closed).toBe(4400);
    await waitUntil('its place is free', async () => (await openSockets()) === 0);
  }
});
