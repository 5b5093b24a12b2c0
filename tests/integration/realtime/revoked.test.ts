import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lowdbStore, type Store } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { handshake, openRawSocket } from '../../helpers/rawSocket.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const as = (user: string) => ({ authorization: `As ${user}:admin`, 'content-type': 'application/json' });
const loginRequired = { type: 'error', problem: { code: 'LOGIN_REQUIRED', retryAfterSeconds: 1 } };

let at: Started;
let folder: string | null = null;
afterEach(async () => {
  await at.stop();
  if (folder !== null) await rm(folder, { recursive: true, force: true });
  folder = null;
});

const count = async (transport: 'poll' | 'websocket'): Promise<number> => {
  const status = await (await fetch(`${at.url}/api/sync/status`, { headers: as('cyd') })).json();
  return (status as { transports: Record<string, number> }).transports[transport] ?? Number.NaN;
};
const isPolling = async (): Promise<boolean> => (await count('poll')) === 1;
const present = (user: string, state: object | null) =>
  fetch(`${at.url}/api/sync/presence`, {
    method: 'POST',
    headers: as(user),
    body: JSON.stringify({ channel: 'desk', key: `tab-${user}`, state }),
  });
const cursorNow = async (): Promise<string> =>
  (await fetch(`${at.url}/api/settings`, { headers: as('cyd') })).headers.get('x-sync-cursor') ?? '';

/** A store that does not answer for the counters of services from the next save on, which holds up whoever writes its event. */
async function hangingStore(): Promise<{ readonly store: Store; hang(): void; goOn(): void; readonly isHanging: () => boolean }> {
  folder = await mkdtemp(join(tmpdir(), 'revoked-'));
  const real = lowdbStore({ folder });
  let [isNext, hangs, waits] = [false, false, false];
  let goOn = (): void => {};
  const going = new Promise<void>((resolve) => (goOn = resolve));
  const load: Store['load'] = async (resource, id) => {
    if (hangs && resource.includes('services') && resource !== 'services') {
      waits = true;
      await going;
    }
    return real.load(resource, id);
  };
  const store = new Proxy(real, {
    get(target, name) {
      if (name === 'load') return load;
      if (name === 'commit') hangs ||= isNext;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { store, hang: () => (isNext = true), goOn: () => goOn(), isHanging: () => waits };
} // prettier-ignore

describe('a user who is revoked', () => {
  it('is told so at once over every transport, also while others still wait for what came before', async () => {
    const hanging = await hangingStore();
    at = await startSync({ store: hanging.store, authenticate: (request) => authenticateAs(request) });
    const open = (path: string) => openSocket(`${at.url}${path}`, as('ada'));
    const socket = await open('/api/sync/ws?resources=settings');
    await socket.next('subscribed');
    const throttled = await open('/api/sync/ws?resources=settings&eventsPerSecond=1');
    await throttled.next('subscribed');
    const room = await open('/api/ws/room/desk');
    await waitUntil('all are there', async () => (await count('websocket')) === 3);
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings`, as('ada'));
    const poll = fetch(`${at.url}/api/sync/poll?resources=settings&wait=30&since=${await cursorNow()}`, { headers: as('ada') });
    await waitUntil('the poll waits', isPolling);
    const other = await openSocket(`${at.url}/api/sync/ws?resources=services`, as('bob'));
    await other.next('subscribed');
    hanging.hang();
    const saved = at.sync.emitUpdated('services', 's1', { title: 'Held up' });
    await waitUntil('an event cannot be written', () => hanging.isHanging());
    await at.sync.revoke('ada');
    for (const one of [socket, throttled, room]) {
      expect(await one.next('error')).toMatchObject(loginRequired);
      expect(await one.closed).toBe(4401);
    }
    expect((await stream.take(1))[0]?.event).toMatchObject(loginRequired);
    await expect(stream.take(1)).rejects.toThrow('The stream ended.');
    const answer = await poll;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([401, '1']);
    expect(await answer.json()).toMatchObject({ code: 'LOGIN_REQUIRED' });
    hanging.goOn();
    await saved;
    expect(await other.next('change')).toMatchObject({ change: { record: { title: 'Held up' } } });
    other.cut();
  }); // prettier-ignore

  it('is not told anything more where his socket is full or he is far behind', async () => {
    at = await startSync({ authenticate: (request) => authenticateAs(request) });
    const cursor = await cursorNow();
    const long = 'x'.repeat(100_000);
    for (let round = 0; round < 120; round += 1)
      await at.send('PATCH', '/api/services/s1', { title: `${round} ${long}` });
    const slow = await openRawSocket(at.url);
    slow.write(
      handshake(`/api/sync/ws?resources=services&since=${cursor}`, { more: 'Authorization: As ada:admin\r\n' }),
    );
    await slow.until((text) => text.includes('subscribed'));
    slow.stopReading();
    await at.sync.revoke('ada');
    await waitUntil('his connection is over', async () => (await count('websocket')) === 0);
    slow.destroy();
  });

  it('while he is asked who he is does not get in with what he was before, over any transport', async () => {
    let opening = (): void => {};
    let reached = 0;
    const opened = new Promise<void>((resolve) => (opening = resolve));
    at = await startSync({
      async authenticate(request) {
        const user = authenticateAs(request);
        if (user?.id === 'ada') {
          reached += 1;
          // As a session store that answered before the session ended, and is slow.
          await opened;
        }
        return user;
      },
    });
    const socket = openSocket(`${at.url}/api/sync/ws?resources=settings`, as('ada'));
    const room = openSocket(`${at.url}/api/ws/room/desk`, as('ada'));
    const stream = fetch(`${at.url}/api/sync/stream?resources=settings`, { headers: as('ada') });
    const poll = fetch(`${at.url}/api/sync/poll?resources=settings`, { headers: as('ada') });
    const entered = present('ada', {});
    await waitUntil('all are asked', () => reached === 5);
    const witness = await openSocket(`${at.url}/api/sync/ws?resources=settings`, as('bob'));
    await witness.next('subscribed');
    await at.sync.revoke(['ada', 'bob']);
    // Read by this node.
    await witness.next('error');
    opening();
    for (const one of [await socket, await room]) {
      expect(await one.next('error')).toMatchObject(loginRequired);
      expect(await one.closed).toBe(4401);
    }
    expect((await stream).status).toBe(401);
    expect((await poll).status).toBe(401);
    expect((await entered).status).toBe(401);
    expect(await (await present('bob', {})).json()).toMatchObject({ members: [{ user: { id: 'bob' } }] });
    // Asked anew he is somebody again.
    const back = await openSocket(`${at.url}/api/sync/ws?resources=settings`, as('ada'));
    await back.next('subscribed');
    back.cut();
  });

  it('leaves the channels in which he is present by requests, and the others are told', async () => {
    at = await startSync({ authenticate: (request) => authenticateAs(request) });
    await present('ada', { field: 'name' });
    const witness = await openSocket(`${at.url}/api/sync/ws?resources=&channels=desk`, as('bob'));
    expect(await witness.next('presence')).toMatchObject({ event: 'sync', members: [{ user: { id: 'ada' } }] });
    await at.sync.revoke('ada');
    expect(await witness.next('presence')).toMatchObject({ event: 'leave', members: [{ user: { id: 'ada' } }] });
    witness.cut();
  });

  it('comes back over a stream at a moment of his own, as all do who were revoked together', async () => {
    at = await startSync({ authenticate: (request) => authenticateAs(request) });
    const open = () => fetch(`${at.url}/api/sync/stream?resources=settings`, { headers: as('ada') });
    const answers = [await open(), await open(), await open()];
    const texts = answers.map((answer) => answer.text());
    await at.sync.revoke('ada');
    const waits = (await Promise.all(texts)).map((text) => [...text.matchAll(/^retry: (\d+)$/gm)].map(([, ms]) => Number(ms)));
    for (const [first, last, ...more] of waits) {
      expect([first, more]).toEqual([1000, []]);
      expect(last).toBeGreaterThanOrEqual(500);
      expect(last).toBeLessThanOrEqual(5000);
    }
    expect(new Set(waits.map(([, last]) => last)).size).toBeGreaterThan(1);
  }); // prettier-ignore

  it('who says that he is signed in is refused as a visitor instead of being told less without a word', async () => {
    at = await startSync({ authenticate: (request) => authenticateAs(request) });
    const query = 'resources=settings&signedIn=1';
    expect((await fetch(`${at.url}/api/sync/stream?${query}`)).status).toBe(401);
    expect((await fetch(`${at.url}/api/sync/poll?${query}`)).status).toBe(401);
    const socket = await openSocket(`${at.url}/api/sync/ws?${query}`);
    const refusal = await socket.next('error');
    expect(refusal).toMatchObject({ problem: { code: 'LOGIN_REQUIRED' } });
    expect(refusal['problem']).not.toHaveProperty('retryAfterSeconds');
    const known = await openSocket(`${at.url}/api/sync/ws?${query}`, as('ada'));
    expect(await known.next('subscribed')).toMatchObject({ user_id: 'ada' });
    known.cut();
  });
});

it('a poll that is cut short because the server stops says so, beside what older clients know, and when to ask again', async () => {
  at = await startSync({ authenticate: (request) => authenticateAs(request) });
  const held = fetch(`${at.url}/api/sync/poll?wait=30&since=${await cursorNow()}`, { headers: as('ada') });
  await waitUntil('the poll waits', isPolling);
  const restarted = at.restart();
  const answer = await held;
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ success: true, messages: [], count: 0, closing: true });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  await restarted;
  const next = await fetch(`${at.url}/api/sync/poll?since=0`, { headers: as('ada') });
  expect(next.headers.get('retry-after')).toBeNull();
  expect(await next.json()).not.toHaveProperty('closing');
});
