import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../shared/protocol/events.ts';
import type { User } from '../../../backend/auth/permissions.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';

const versions = (events: readonly { event: unknown }[]) =>
  events.map(({ event }) => (event as ChangeEvent).change.version);

describe('following changes', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync({ realtime: { heartbeatMs: 40, maxConnectionsPerClient: 3 } });
  });
  afterEach(() => at.stop());
  const rename = (name: string) => at.send('PATCH', '/api/settings', { companyName: name });

  it('tells a visitor a public change at once, without saying who made it', async () => {
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings`);
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
    await rename('Live');
    const [told] = await stream.take(1);
    expect(told?.event).toMatchObject({
      type: 'change',
      change: {
        resource: 'settings',
        id: 'main',
        operation: 'updated',
        version: 2,
        record: { companyName: 'Live' },
        actor: { name: '' },
      },
    });
    expect(JSON.stringify(told)).not.toContain('updatedBy');
    await stream.cut();
  });

  it('gives a client that was cut and comes back with Last-Event-ID every change once, also over a restart', async () => {
    let stream = await readEvents(`${at.url}/api/sync/stream?resources=settings`);
    const seen: number[] = [];
    for (let round = 0; round < 6; round++) {
      for (let save = 0; save < 5; save++) await rename(`n${round}-${save}`);
      const taken = await stream.take(3);
      seen.push(...versions(taken));
      const place = taken.at(-1)?.id ?? '';
      await stream.cut();
      if (round === 3) await at.restart();
      // The address still has an old place, as an EventSource's does: the header wins.
      stream = await readEvents(`${at.url}/api/sync/stream?resources=settings&since=${place.split(':')[0]}:1`, {
        'last-event-id': place,
      });
    }
    seen.push(...versions(await stream.take(12)));
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    await stream.cut();
  });

  it('takes an empty Last-Event-ID for none, and goes on from the place in the address', async () => {
    const since = (await at.send('GET', '/api/settings')).headers.get('x-sync-cursor') ?? '';
    await rename('Meanwhile');
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings&since=${since}`, {
      'last-event-id': '',
    });
    expect(stream.status).toBe(200);
    expect(versions(await stream.take(1))).toEqual([2]);
    await stream.cut();
  });

  it('resets a client of another log, or one that claims to be ahead, inside a 200 stream, and goes on from the head', async () => {
    for (const since of [
      '0193a2b4-0000-7000-8000-000000000000:5',
      `${(await readEvents(`${at.url}/api/sync/stream`)).lastId().split(':')[0]}:999999999`,
    ]) {
      const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings&since=${since}`);
      expect(stream.status).toBe(200);
      expect((await stream.take(1))[0]?.event).toMatchObject({ type: 'reset', scope: 'changes' });
      await rename(`after ${since}`);
      expect((await stream.take(1))[0]?.event).toMatchObject({ type: 'change' });
      await stream.cut();
    }
  });

  it('moves the place of a quiet subscription with its heartbeats', async () => {
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=team`);
    const before = stream.lastId();
    await rename('Elsewhere');
    await at.send('PATCH', '/api/team/m1', { role: 'CEO' });
    expect((await stream.take(1))[0]?.event).toMatchObject({ change: { resource: 'team' } });
    expect(stream.lastId()).not.toBe(before);
    await stream.cut();
  });

  it('never tells a visitor a hidden field, a draft, a silent save, or a change of hidden fields alone', async () => {
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=team,news,settings`);
    await at.send('PATCH', '/api/team/m1', { phone: 'secret number' });
    const draft = await (await at.send('POST', '/api/news', { title: 'Draft' })).json();
    await at.send('PATCH', '/api/settings', { phone: 'silent' }, { prefer: 'notify=none' });
    await at.send('PATCH', '/api/team/m1', { name: 'Shown' });
    await at.send('POST', `/api/news/${draft.id}/publish`);
    const [first, second] = await stream.take(2);
    expect(first?.event).toMatchObject({
      change: { resource: 'team', record: { name: 'Shown' }, operation: 'updated' },
    });
    expect((first?.event as ChangeEvent).change.patch.map((operation) => operation.path).sort()).toEqual([
      '/name',
      '/version',
    ]);
    expect(second?.event).toMatchObject({
      change: { resource: 'news', operation: 'created', record: { title: 'Draft' } },
    });
    expect(JSON.stringify([first, second])).not.toContain('secret number');
    await stream.cut();
  });

  it('refuses to follow what one may not read, and more connections than the limit, with a problem', async () => {
    expect((await readEvents(`${at.url}/api/sync/stream?resources=mail`)).status).toBe(401);
    expect((await readEvents(`${at.url}/api/sync/stream?resources=nothing`)).status).toBe(400);
    const open = await Promise.all([1, 2, 3].map(() => readEvents(`${at.url}/api/sync/stream`)));
    expect((await readEvents(`${at.url}/api/sync/stream`)).status).toBe(503);
    await Promise.all(open.map((stream) => stream.cut()));
  });

  it('answers a poll with exactly the old fields first, and loses nothing between two polls', async () => {
    const empty = await (await fetch(`${at.url}/api/sync/poll?since=0`)).json();
    expect(Object.keys(empty).slice(0, 4)).toEqual(['success', 'messages', 'timestamp', 'count']);
    expect(empty).toMatchObject({ success: true, messages: [], count: 0 });
    await rename('one');
    await rename('two');
    for (const since of [empty.cursor, empty.timestamp]) {
      const polled = await (await fetch(`${at.url}/api/sync/poll?since=${since}&resources=settings`)).json();
      expect(polled).toMatchObject({ count: 2, recovered: true });
      expect(versions(polled.messages.map((event: unknown) => ({ event })))).toEqual([2, 3]);
    }
    const start = await (await fetch(`${at.url}/api/sync/poll?since=0&resources=settings`)).json();
    expect(start).toMatchObject({ recovered: false, messages: [{ type: 'reset' }] });
  });

  it('keeps the place of a poll without resources, so that the changes come when it names them', async () => {
    const poll = async (query: string) => (await fetch(`${at.url}/api/sync/poll?${query}`)).json();
    const { cursor } = await poll('since=0');
    await at.send('PATCH', '/api/settings', { phone: '2' }, { 'if-match': '*' });
    expect(await poll(`since=${cursor}`)).toMatchObject({ messages: [], count: 0, cursor, recovered: true });
    expect(await poll(`since=${cursor}&wait=0.05`)).toMatchObject({ messages: [], count: 0, cursor, recovered: true });
    expect((await poll(`since=${cursor}&resources=settings`)).messages).toHaveLength(1);
    expect(await poll('since=0')).toMatchObject({ success: true, messages: [], count: 0, recovered: true });
    expect(await poll('since=00000000-0000-4000-8000-000000000000:1')).toMatchObject({ recovered: false, count: 1 });
  });

  it('lets a poll wait for the first change', async () => {
    const { cursor } = await (await fetch(`${at.url}/api/sync/poll`)).json();
    const waiting = fetch(`${at.url}/api/sync/poll?since=${cursor}&resources=settings&wait=20`);
    await rename('waited for');
    expect(await (await waiting).json()).toMatchObject({
      count: 1,
      messages: [{ change: { record: { companyName: 'waited for' } } }],
    });
  });

  it('gives a snapshot that a stream can go on from without a gap', async () => {
    const snapshot = await (await fetch(`${at.url}/api/sync/snapshot?resources=settings,team`)).json();
    expect(snapshot.records).toMatchObject({
      settings: { companyName: 'TRU Group' },
      team: [{ id: 'm1', name: 'Camille' }],
    });
    expect(snapshot.records.team[0]).not.toHaveProperty('phone');
    await rename('between');
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings&since=${snapshot.cursor}`);
    expect((await stream.take(1))[0]?.event).toMatchObject({ change: { record: { companyName: 'between' } } });
    await stream.cut();
  });

  it('ends the stream of a user whose session was ended', async () => {
    await at.stop();
    at = await startSync({ realtime: { recheckMs: 20 } });
    const login = await fetch(`${at.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at.url },
      body: JSON.stringify({ username: 'admin', password: 'test-password-1234' }),
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=mail`, { cookie });
    expect(stream.status).toBe(200);
    await fetch(`${at.url}/api/auth/logout`, { method: 'POST', headers: { cookie, origin: at.url } });
    expect((await stream.take(1))[0]?.event).toMatchObject({ type: 'error', problem: { code: 'LOGIN_REQUIRED' } });
    await expect(stream.take(1)).rejects.toThrow('The stream ended.');
  });

  it('asks again of every open stream whether its user is still the same in everything that is said of him', async () => {
    await at.stop();
    const users = new Map<string, User & { desk: string }>();
    const say = (desk: string) => users.set('ada', { id: 'ada', name: 'Ada', role: 'editor', kind: 'admin', desk });
    say('a');
    at = await startSync({ realtime: { recheckMs: 20 }, authenticate: () => users.get('ada') ?? null });
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings`);
    say('b');
    expect((await stream.take(1))[0]?.event).toMatchObject({ type: 'error', problem: { code: 'LOGIN_REQUIRED' } });
    await expect(stream.take(1)).rejects.toThrow('The stream ended.');
  });

  it('ends the streams of a user who was revoked at once, also where his request still carries its session, and no other', async () => {
    await at.stop();
    const people = ['ada', 'bo'].map((id) => ({ id, name: id, role: 'editor', kind: 'admin' }) as const);
    const signedIn = new Set(['ada', 'bo']);
    // As a session middleware does: what a request was given once stays on it.
    const sessions = new WeakMap<object, User | null>();
    at = await startSync({
      realtime: { recheckMs: 3_600_000 },
      authenticate(request) {
        const name = String(request.headers['x-user']);
        if (!sessions.has(request))
          sessions.set(request, signedIn.has(name) ? (people.find(({ id }) => id === name) ?? null) : null);
        return sessions.get(request) ?? null;
      },
    });
    const open = (user: string) => readEvents(`${at.url}/api/sync/stream?resources=mail`, { 'x-user': user });
    const [ada, bo] = [await open('ada'), await open('bo')];
    signedIn.delete('ada');
    const told = ada.take(1);
    await at.sync.revoke('ada');
    await at.send('PATCH', '/api/mail', { host: 'after' });
    expect((await told)[0]?.event).toMatchObject({ type: 'error', problem: { code: 'LOGIN_REQUIRED' } });
    await expect(ada.take(1)).rejects.toThrow('The stream ended.');
    expect((await bo.take(1))[0]?.event).toMatchObject({ change: { record: { host: 'after' } } });
    expect((await open('ada')).status).toBe(401);
    await bo.cut();
  });

  it('leaves a line at the level debug when somebody begins to follow', async () => {
    const stream = await readEvents(`${at.url}/api/sync/stream?resources=settings`);
    expect(at.lines).toContainEqual(
      expect.objectContaining({
        message: 'realtime subscribed',
        actor: null,
        transport: 'sse',
        resources: ['settings'],
      }),
    );
    await stream.cut();
  });

  it('shows health to everybody and the inside only to those who sign in', async () => {
    expect(await (await fetch(`${at.url}/api/sync/status`)).json()).toEqual({
      status: 'ok',
      cursor: expect.any(String),
    });
    const inside = await (
      await fetch(`${at.url}/api/sync/status`, { headers: { authorization: `Bearer ${apiToken}` } })
    ).json();
    expect(inside).toMatchObject({ store: 'lowdb', transports: { sse: 0 }, readers: expect.any(Array) });
    expect((await fetch(`${at.url}/api/sync/configuration`)).status).toBe(401);
  });
});
