import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

interface Sent {
  readonly success: true;
  readonly id: string;
  readonly type: string;
  readonly cursor: string;
  readonly timestamp: number;
  readonly scope?: string;
}

describe('sending', () => {
  let api: Started;
  beforeAll(async () => {
    api = await startSync({
      authenticate: authenticateAs,
      scope: (user) => (user['organization'] ? { organization_id: String(user['organization']) } : null),
      canJoin: (user, room) => room.endsWith(user.id) || room.startsWith('shared'),
      messages: { 'order.created': z.object({ id: z.string(), amount: z.coerce.number() }), typing: true },
    });
  });
  afterAll(() => api.stop());

  const post = (path: string, user: string, body?: unknown): Promise<Response> =>
    fetch(`${api.url}/api/sync/${path}`, {
      method: 'POST',
      headers: { authorization: `As ${user}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const refused = async (path: string, user: string, body?: unknown) => {
    const { code, status, detail, ...rest } = (await (await post(path, user, body)).json()) as Record<string, unknown>;
    return { code, status, detail: String(detail), ...rest };
  };
  /** What a user is told from here on, in the plain form. */
  const toldFrom = async (since: string, user: string): Promise<unknown[]> => {
    const answer = await fetch(`${api.url}/api/sync/poll?since=${since}`, { headers: { authorization: `As ${user}` } });
    const { messages } = (await answer.json()) as { messages: { type: string; payload: unknown; user_id: string }[] };
    return messages.map(({ type, payload, user_id }) => [type, payload, user_id]);
  };
  const cursor = async (): Promise<string> => {
    const answer = await fetch(`${api.url}/api/sync/status`, { headers: { authorization: 'As ada' } });
    return ((await answer.json()) as { cursor: string }).cursor;
  };

  it('what is sent is answered with 201, its id and its cursor, and polled by its sender', async () => {
    const since = await cursor();
    const answer = await post('send', 'ada', { type: 'test', payload: { message: 'Hello' } });
    const sent = (await answer.json()) as Sent;
    expect([answer.status, sent.success, sent.type, typeof sent.timestamp]).toEqual([201, true, 'test', 'number']);
    expect(sent.cursor).toBe(await cursor());
    expect(await toldFrom(since, 'ada')).toEqual([['test', { message: 'Hello' }, 'ada']]);
    expect(await toldFrom(since, 'bob')).toEqual([]);
  });

  it('an unknown or missing type is refused with the allowed ones', async () => {
    const allowed = ['data.updated', 'document_updated', 'notification', 'order.created', 'test', 'typing'];
    for (const type of [undefined, 'tset', 7, 'sync.force'])
      expect(await refused('send', 'ada', { type, payload: {} })).toMatchObject({ code: 'MESSAGE_TYPE_UNKNOWN', status: 400, allowed }); // prettier-ignore
    expect((await refused('send', 'ada', { type: 'tset' })).detail).toContain('Did you mean "test"?');
    expect(await refused('broadcast', 'eve:admin', {})).toMatchObject({ code: 'MESSAGE_TYPE_UNKNOWN', allowed });
  });

  it('a payload is what its schema makes of it, or is refused field by field', async () => {
    const since = await cursor();
    await post('send', 'ada', { type: 'order.created', payload: { id: 'o1', amount: '7' } });
    expect(await toldFrom(since, 'ada')).toEqual([['order.created', { id: 'o1', amount: 7 }, 'ada']]);
    expect(await refused('send', 'ada', { type: 'order.created', payload: { amount: 1 } })).toMatchObject({ code: 'INVALID', status: 422, errors: [{ path: '/payload/id' }] }); // prettier-ignore
  });

  it('a payload above 16,384 bytes, hostile keys and text that cannot be stored are refused', async () => {
    expect((await post('send', 'ada', { type: 'test', payload: 'x'.repeat(16_382) })).status).toBe(201);
    expect(await refused('send', 'ada', { type: 'test', payload: 'x'.repeat(16_383) })).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413, maxPayloadBytes: 16_384 }); // prettier-ignore
    expect(await refused('send', 'ada', '{"type":"test","payload":{"__proto__":1}}')).toMatchObject({ code: 'FORBIDDEN_KEY' }); // prettier-ignore
    expect(await refused('send', 'ada', { type: 'test', payload: 'a\u0000' })).toMatchObject({
      code: 'FORBIDDEN_TEXT',
    });
    expect(await refused('send', 'ada', '[]')).toMatchObject({ code: 'BODY_NOT_OBJECT' });
    expect(await refused('send', 'ada', '{')).toMatchObject({ code: 'BODY_NOT_JSON' });
  });

  it('visitors send nothing, and GET is no way to send', async () => {
    for (const path of ['send', 'broadcast', 'force'])
      expect(await refused(path, '', { type: 'test' })).toMatchObject({ code: 'LOGIN_REQUIRED', status: 401 });
    const answer = await fetch(`${api.url}/api/sync/send`, { headers: { authorization: 'As ada' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('only who may be in a room says something there', async () => {
    expect((await post('send', 'ada', { type: 'typing', room: 'project:ada' })).status).toBe(201);
    expect(await refused('send', 'bob', { type: 'typing', room: 'project:ada' })).toMatchObject({ code: 'FORBIDDEN', status: 403 }); // prettier-ignore
    for (const room of ['', 'a b', 7, 'x'.repeat(201)])
      expect(await refused('send', 'ada', { type: 'typing', room })).toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('what is said in a room is heard by who follows it, and stays in the organization of who says it', async () => {
    const since = await cursor();
    await post('send', 'ada:editor:o1', { type: 'typing', payload: 'ada', room: 'shared:1' });
    await post('broadcast', 'eve:admin:o2', { type: 'typing', payload: 'eve', room: 'shared:1' });
    const heard = async (user: string, channel: string) =>
      (await toldFrom(`${since}&channels=${channel}`, user)).map((one) => (one as unknown[])[1]);
    expect(await heard('bob:editor:o1', 'shared:1')).toEqual(['ada']);
    expect(await heard('cat:editor:o2', 'shared:1')).toEqual(['eve']);
    expect(await heard('dan', 'shared:1')).toEqual(['ada', 'eve']);
    expect(await heard('bob:editor:o1', 'shared:2')).toEqual([]);
  });

  it('a member that is not known is refused, so that nothing is told to everybody by mistake', async () => {
    const answer = await refused('broadcast', 'eve:admin', { type: 'test', payload: 1, userId: 'ada' });
    expect([answer.code, answer.status, answer.detail]).toEqual(['BAD_PARAMETER', 400, expect.stringContaining('Did you mean "userIds"?')]); // prettier-ignore
    expect(await refused('send', 'ada', { type: 'test', userIds: ['bob'] })).toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('an admin reaches everybody, some users, or all but one; others may not', async () => {
    const since = await cursor();
    expect(await refused('broadcast', 'ada', { type: 'test' })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    await post('broadcast', 'eve:admin', { type: 'test', payload: 'all' });
    await post('broadcast', 'eve:admin', { type: 'test', payload: 'two', userIds: ['ada', 'bob', 'ada'] });
    await post('broadcast', 'eve:admin', { type: 'test', payload: 'not bob', excludeUserId: 'bob' });
    const payloads = async (user: string) => (await toldFrom(since, user)).map((one) => (one as unknown[])[1]);
    expect(await payloads('ada:editor:o1')).toEqual(['all', 'two', 'not bob']);
    expect(await payloads('bob')).toEqual(['all', 'two']);
    expect(await payloads('eve:admin')).toEqual(['all', 'not bob']);
    for (const body of [
      { userIds: [] },
      { userIds: 'ada' },
      { userIds: [''] },
      { userIds: ['a'], room: 'r' },
      { excludeUserId: 7 },
    ])
      // prettier-ignore
      expect(await refused('broadcast', 'eve:admin', { type: 'test', ...body })).toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('an admin of one organization reaches nobody of another, also when he names him', async () => {
    const since = await cursor();
    await post('broadcast', 'eve:admin:o1', { type: 'test', payload: 'all' });
    await post('broadcast', 'eve:admin:o1', { type: 'test', payload: 'named', userIds: ['ada'] });
    expect((await toldFrom(since, 'ada:editor:o1')).length).toBe(2);
    expect(await toldFrom(since, 'ada:editor:o2')).toEqual([]);
    // Nor whoever belongs to none, unless he is named.
    expect((await toldFrom(since, 'ada')).map((one) => (one as unknown[])[1])).toEqual(['named']);
  });

  it('everybody may force his own clients; all of them only who may configure, within his scope', async () => {
    expect(await (await post('force', 'ada')).json()).toMatchObject({ success: true, type: 'sync.force', scope: 'me' });
    expect(await (await post('force', 'eve:admin')).json()).toMatchObject({ scope: 'all' });
    expect(await (await post('force', 'eve:admin', { scope: 'me' })).json()).toMatchObject({ scope: 'me' });
    expect(await refused('force', 'ada', { scope: 'all' })).toMatchObject({ code: 'FORBIDDEN', status: 403 });
    expect(await refused('force', 'ada', { scope: 'world' })).toMatchObject({ code: 'BAD_PARAMETER' });
  });

  it('who is forced is told to load again, and nobody else', async () => {
    const since = await cursor();
    const resets = async (user: string) => {
      const path = `${api.url}/api/sync/poll?since=${since}&resources=settings`;
      const answer = await fetch(path, { headers: { authorization: `As ${user}` } });
      const { messages } = (await answer.json()) as { messages: { type: string; scope?: string; reason?: string }[] };
      return messages.map(({ type, scope, reason }) => [type, scope, reason]);
    };
    await post('force', 'ada:editor:o1');
    expect([await resets('ada:editor:o1'), await resets('bob:editor:o1')]).toEqual([[['reset', 'changes', 'forced']], []]); // prettier-ignore
    await post('force', 'eve:admin:o1');
    expect((await resets('bob:editor:o1')).length).toBe(1);
    expect([await resets('bob:editor:o2'), await resets('bob')]).toEqual([[], []]);
  });

  it('the status counts what is told', async () => {
    const status = async () => {
      const answer = await fetch(`${api.url}/api/sync/status`, { headers: { authorization: 'As eve:admin' } });
      return ((await answer.json()) as { messages: Record<string, number> }).messages;
    };
    await post('send', 'ada', { type: 'test' });
    await vi.waitFor(async () => expect(await status()).toMatchObject({ pushedOut: 0, lag: 0 }));
    expect((await status())['kept']).toBeGreaterThan(0);
  });
});

describe('sending too much', () => {
  it('300 messages of a user in a minute pass; the next is 429 with Retry-After, and another user sends on', async () => {
    const api = await startSync({ authenticate: authenticateAs, rateLimit: 10_000 });
    const send = (user: string) =>
      fetch(`${api.url}/api/sync/send`, {
        method: 'POST',
        headers: { authorization: `As ${user}`, 'content-type': 'application/json' },
        body: '{"type":"test"}',
      });
    const statuses = new Set<number>();
    for (let n = 0; n < 30; n += 1)
      for (const { status } of await Promise.all(Array.from({ length: 10 }, () => send('ada')))) statuses.add(status);
    expect([...statuses]).toEqual([201]);
    const refused = await send('ada');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
    expect((await send('bob')).status).toBe(201);
    await api.stop();
  });
});
