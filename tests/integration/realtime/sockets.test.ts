import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../backend/auth/permissions.ts';
import { openSocket } from '../../helpers/openSocket.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const people: Readonly<Record<string, User>> = {
  ada: { id: 'ada', name: 'Ada', role: 'editor', kind: 'admin' },
  ben: { id: 'ben', name: 'Ben', role: 'editor', kind: 'admin' },
  eve: { id: 'eve', name: 'Eve', role: 'viewer', kind: 'admin' },
};
const as = (name: string) => ({ 'x-user': name });

describe('sockets', () => {
  let at: Started;
  const away = new Set<string>();
  /** What the requests of sockets would have been answered with. */
  let answers: WeakRef<object>[] = [];
  beforeEach(async () => {
    away.clear();
    answers = [];
    at = await startSync({
      authenticate: (request) => {
        const name = request.get('x-user') ?? '';
        if (request.res && request.originalUrl.startsWith('/api/sync/ws')) answers.push(new WeakRef(request.res));
        return away.has(name) ? null : (people[name] ?? null);
      },
      // Long enough that nobody who is present on a busy machine counts as gone.
      realtime: { heartbeatMs: 5_000, recheckMs: 40 },
    });
  });
  afterEach(() => at.stop());
  const rename = (name: string) => at.send('PATCH', '/api/settings', { companyName: name });
  const open = (path: string, headers: Record<string, string> = {}) => openSocket(`${at.url}${path}`, headers);

  it('tell a visitor a public change, and after a cut every change since the cursor once', async () => {
    const first = await open('/api/sync/ws?resources=settings');
    await first.next('subscribed');
    await rename('one');
    const told = await first.next('change');
    expect(told).toMatchObject({ change: { record: { companyName: 'one' }, actor: { name: '' } } });
    first.cut();
    await rename('two');
    await rename('three');
    const second = await open(`/api/sync/ws?resources=settings&since=${String(told['cursor'])}`);
    await rename('four');
    expect(
      (await second.take(3, 'change')).map(({ change }) => (change as { record: { companyName: string } }).record),
    ).toMatchObject([{ companyName: 'two' }, { companyName: 'three' }, { companyName: 'four' }]);
    second.cut();
  });

  it('follow what the last subscribe frame says, from its own place', async () => {
    const socket = await open('/ws');
    socket.say({ type: 'subscribe', resources: ['team'] });
    const { cursor } = await socket.next('subscribed');
    await rename('unheard');
    socket.say({ type: 'subscribe', resources: ['settings'], since: cursor });
    await socket.next('subscribed');
    expect(await socket.next('change')).toMatchObject({ change: { resource: 'settings' } });
    socket.cut();
  });

  it('of visitors who follow nothing are closed after a few heartbeats, with a word; those of users stay', async () => {
    const quick = await startSync({
      authenticate: (request) => people[request.get('x-user') ?? ''] ?? null,
      realtime: { heartbeatMs: 30 },
    });
    const idle = await openSocket(`${quick.url}/api/sync/ws`);
    const signedIn = await openSocket(`${quick.url}/api/sync/ws`, as('ada'));
    expect(await idle.next('error')).toMatchObject({ problem: { code: 'BAD_PARAMETER' } });
    expect(await idle.closed).toBe(4400);
    signedIn.say({ type: 'subscribe', resources: ['settings'] });
    await signedIn.next('subscribed');
    signedIn.cut();
    await quick.stop();
  });

  it('say their place on a quiet line, so that a cut later does not fall behind what the log keeps', async () => {
    const quiet = await startSync({ realtime: { heartbeatMs: 30 } });
    const socket = await openSocket(`${quiet.url}/api/sync/ws?resources=team`);
    const { cursor } = await socket.next('place');
    await quiet.send('PATCH', '/api/settings', { companyName: 'unheard' });
    const places = new Set([cursor]);
    while (places.size === 1) places.add((await socket.next('place', 'change'))['cursor']);
    expect(socket.rest().filter(({ type }) => type === 'change')).toEqual([]);
    socket.cut();
    await quiet.stop();
  });

  it('show a record that enters a filter as created and one that leaves it as deleted with its id only', async () => {
    const socket = await open('/api/sync/ws?resources=team&filter=role=eq.CTO', as('ada'));
    await socket.next('subscribed');
    await at.send('PATCH', '/api/team/m1', { phone: '1' });
    expect(await socket.next('change')).toMatchObject({ change: { operation: 'updated', record: { phone: '1' } } });
    await at.send('PATCH', '/api/team/m1', { role: 'CEO' });
    expect(await socket.next('change')).toMatchObject({
      change: { operation: 'deleted', id: 'm1', record: null, before: null, patch: [] },
    });
    await at.send('PATCH', '/api/team/m1', { phone: '2' });
    await at.send('PATCH', '/api/team/m1', { role: 'CTO' });
    expect(await socket.next('change')).toMatchObject({
      change: { operation: 'created', before: null, record: { phone: '2', role: 'CTO' } },
    });
    socket.cut();
  });

  it('refuse, with a problem in a frame and a close code, what may not be followed', async () => {
    const refusals = [
      ['/api/sync/ws?resources=mail', {}, 'LOGIN_REQUIRED', 4401],
      ['/api/sync/ws?resources=nothing', {}, 'BAD_PARAMETER', 4400],
      ['/api/sync/ws?resources=team&filter=phone=eq.0', {}, 'FORBIDDEN', 4403],
      ['/api/sync/ws?resources=team&filter=rolle=eq.CTO', as('ada'), 'BAD_PARAMETER', 4400],
      ['/api/sync/ws?resources=team&filter=role=like.C', as('ada'), 'BAD_PARAMETER', 4400],
      ['/api/sync/ws?resources=settings&filter=team:role=eq.CTO', as('ada'), 'BAD_PARAMETER', 4400],
      ['/api/sync/ws?messages=1', {}, 'LOGIN_REQUIRED', 4401],
      ['/api/sync/ws?since=somewhere', {}, 'BAD_PARAMETER', 4400],
      ['/api/ws/room/project:1', {}, 'LOGIN_REQUIRED', 4401],
    ] as const;
    for (const [path, headers, code, closeCode] of refusals) {
      const socket = await open(path, headers);
      expect(await socket.next('error')).toMatchObject({ problem: { code } });
      expect(await socket.closed, path).toBe(closeCode);
    }
  });

  it('end after a frame that is none, or too many of them, and stay after a wish that cannot be granted', async () => {
    const polite = await open('/api/sync/ws', as('ada'));
    polite.say({ type: 'send', room: 'team:nobody', message: { type: 'document_updated', payload: {} } });
    expect(await polite.next('error')).toMatchObject({ problem: { code: 'FORBIDDEN' } });
    polite.say({ type: 'ping' });
    await polite.next('pong');
    for (const frame of ['no json', '[]', '{"type":"dance"}', '{"type":"presence","channel":"a b","state":{}}', '{"type":"presence","channel":"a","state":{"__proto__":1}}']) {
      const rude = await open('/api/sync/ws', as('ada'));
      rude.say(frame);
      await rude.next('error');
      expect(await rude.closed, frame).toBe(4400);
    } // prettier-ignore
    const flood = await open('/api/sync/ws', as('ada'));
    for (let frame = 0; frame < 250; frame += 1) flood.say({ type: 'ping' });
    expect(await flood.closed).toBe(4429);
    polite.cut();
  });

  it('let members of a channel see who comes, what he does, and that he is gone', async () => {
    const ada = await open('/api/sync/ws?resources=&channels=presence:team:m1', as('ada'));
    expect(await ada.next('presence')).toMatchObject({ event: 'sync', members: [] });
    const ben = await open('/api/sync/ws?resources=&channels=presence:team:m1', as('ben'));
    ben.say({ type: 'presence', channel: 'presence:team:m1', state: { field: 'name' } });
    expect(await ada.next('presence')).toMatchObject({ event: 'join', members: [{ user: { id: 'ben' }, state: { field: 'name' } }] }); // prettier-ignore
    ben.say({ type: 'presence', channel: 'presence:team:m1', state: { field: 'role' } });
    expect(await ada.next('presence')).toMatchObject({ event: 'update', members: [{ state: { field: 'role' } }] });
    ben.cut();
    expect(await ada.next('presence')).toMatchObject({ event: 'leave', members: [{ user: { id: 'ben' } }] });
    ada.cut();
  });

  it('give a plain room its members and what they say, to everybody but the socket that said it', async () => {
    const ada = await open('/api/ws/room/project:1', as('ada'));
    const ben = await open('/api/ws/room/project:1', as('ben'));
    expect(await ada.next('user_joined')).toMatchObject({ user_id: 'ben', active_users: ['ada', 'ben'] });
    const second = await open('/api/ws/room/project:1', as('ben'));
    ben.say({ type: 'document_updated', document: { title: 'new' } });
    for (const other of [ada, second])
      expect(await other.next('document_updated')).toMatchObject({ user_id: 'ben', document: { title: 'new' } });
    ada.say({ type: 'document_updated', document: { title: 'newer' } });
    expect(await ben.next('document_updated')).toMatchObject({ user_id: 'ada', document: { title: 'newer' } });
    ben.cut();
    second.say({ type: 'document_updated', document: {} });
    await ada.next('document_updated');
    expect(ada.rest()).toEqual([]);
    second.cut();
    expect(await ada.next('user_left')).toMatchObject({ user_id: 'ben', active_users: ['ada'] });
    ada.cut();
  });

  it('end when their user may not listen any more', async () => {
    const socket = await open('/api/sync/ws?resources=mail', as('ada'));
    await socket.next('subscribed');
    away.add('ada');
    expect(await socket.next('error')).toMatchObject({ problem: { code: 'LOGIN_REQUIRED' } });
    expect(await socket.closed).toBe(4401);
  });

  it('are not opened in the name of a user by a page of another site', async () => {
    await expect(open('/api/sync/ws', { ...as('ada'), origin: 'https://evil.example' })).rejects.toThrow('403');
    const visitor = await open('/api/sync/ws?resources=settings', { origin: 'https://evil.example' });
    await visitor.next('subscribed');
    visitor.cut();
    const own = await open('/api/sync/ws', { ...as('ada'), origin: at.url });
    own.cut();
    const machine = await open('/api/sync/ws', { authorization: `Bearer ${apiToken}`, origin: 'https://evil.example' });
    machine.cut();
  });

  it('are told at an address without one what is missing, and other addresses are not taken', async () => {
    expect((await fetch(`${at.url}/api/sync/ws`)).status).toBe(426);
    await expect(open('/elsewhere')).rejects.toThrow('404');
    await expect(open('/api/sync/wsx')).rejects.toThrow('404');
  });

  it('keep nothing of the way of their request through the routes, and are asked again all the same who they are', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const socket = await open('/api/sync/ws?resources=settings', as('ada'));
    await socket.next('subscribed');
    expect(answers).toHaveLength(1);
    await waitUntil('the answer is let go', () => {
      collectGarbage();
      return answers.every((answer) => answer.deref() === undefined);
    });
    away.add('ada');
    expect(await socket.closed).toBe(4401);
  });

  it('count in the status by their transport, with who is present', async () => {
    const socket = await open('/api/sync/ws?channels=lobby', as('ada'));
    socket.say({ type: 'presence', channel: 'lobby', state: {} });
    await socket.next('presence');
    await socket.next('presence');
    const status = await (await at.send('GET', '/api/sync/status')).json();
    expect(status).toMatchObject({ transports: { websocket: 1, sse: 0 }, presence: { channels: 1, members: 1 } });
    socket.cut();
  });
});
