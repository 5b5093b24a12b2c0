import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnection, type Connection, type ConnectionStatus, type TransportName } from 'backoffice-sync/client';
import type { User } from '../../../backend/auth/permissions.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const ada: User = { id: 'ada', name: 'Ada', role: 'admin', kind: 'admin' };
let at: Started;
let connection: Connection;
let isSignedIn = true;
let opened = 0;

beforeEach(async () => {
  [isSignedIn, opened] = [true, 0];
  at = await startSync({
    authenticate(request) {
      if (/\/sync\/(ws|stream|poll)/.test(request.originalUrl)) opened += 1;
      return isSignedIn && request.get('x-user') === 'ada' ? ada : null;
    },
  });
});
afterEach(async () => {
  connection.close();
  await at.stop();
});

const connect = (transport: TransportName) => {
  const headers = { 'x-user': 'ada', origin: at.url };
  connection = createConnection({
    backendUrl: at.url,
    transports: [transport],
    pollingInterval: 50,
    WebSocket: class extends NodeWebSocket {
      constructor(url: string) {
        super(url, { headers });
      }
    } as unknown as typeof WebSocket,
    fetch: (input, init) => fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } }),
  });
  const statuses: ConnectionStatus[] = [];
  connection.onStatus((status) => statuses.push(status));
  const names: unknown[] = [];
  const onEvent = (event: { type: string; change?: { record: unknown } }) => names.push((event.change?.record as { companyName?: string } | null)?.companyName);
  connection.follow({ resources: ['settings'], onEvent });
  return { statuses, names };
}; // prettier-ignore
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });
const isLive = () => ['live', 'polling'].includes(connection.getStatus().state);

describe.each<readonly [TransportName]>([['websocket'], ['sse'], ['longPoll'], ['poll']])('over %s', (transport) => {
  it('a client that was signed out is told so, and is not made a visitor without a word', async () => {
    const { names } = connect(transport);
    await until(() => expect(isLive()).toBe(true));
    const before = opened;
    if (transport === 'poll') await until(() => expect(opened).toBeGreaterThan(before + 1));
    isSignedIn = false;
    await at.sync.revoke('ada');
    await until(() => expect(connection.getStatus()).toMatchObject({ state: 'closed', problem: { code: 'LOGIN_REQUIRED', status: 401 } })); // prettier-ignore
    await at.send('PATCH', '/api/settings', { companyName: 'For visitors too' });
    expect(names).not.toContain('For visitors too');
    // Who wants to go on as a visitor says so.
    connection.reconnect();
    await until(() => expect(isLive()).toBe(true));
  });

  it('a client whose rights changed comes back by itself, misses nothing, and is not asked to sign in', async () => {
    const { names, statuses } = connect(transport);
    await until(() => expect(isLive()).toBe(true));
    await at.sync.revoke('ada');
    await at.send('PATCH', '/api/settings', { companyName: 'Meanwhile' });
    await until(() => expect(names).toContain('Meanwhile'));
    expect(isLive()).toBe(true);
    expect(connection.getStatus().recovered).toBe(true);
    expect(statuses.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
