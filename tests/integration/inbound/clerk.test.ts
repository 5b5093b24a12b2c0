import { randomBytes } from 'node:crypto';
import express from 'express';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineResource, defineUsers, postgresStore } from 'backoffice-sync';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createServer as createShipped } from '../../../backend/server/createServer.ts';
import { readSettings } from '../../../backend/server/settings.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';
import { clerkSecret, clerkUser, makeSync, membershipEvent, sendClerk, start, userEvent } from './clerkCalls.ts';

const identityFields = ['source', 'source_id', 'clerk_user_id', 'email', 'organization_memberships'];
const inbound = { clerk: { secret: clerkSecret } };
const database = await startTestDatabase();
afterAll(() => database?.stop());

let site: Started;
const stops: (() => Promise<unknown>)[] = [];
const lowdb = ['lowdb', () => ({})] as const;
const postgres = [
  database?.version ?? '',
  () => {
    const pool = database?.createPool(10);
    if (!pool) throw new Error('There is no database.');
    stops.push(() => pool.end());
    const store = postgresStore({ pool, schema: database?.createSchemaName() ?? '' });
    return { store, secretKey: randomBytes(32).toString('base64') };
  },
] as const;

async function begin(options: Parameters<typeof startSync>[0] = {}): Promise<void> {
  site = await startSync({ inbound, ...options });
  stops.unshift(() => site.stop());
}
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const read = async (id: string) => {
  const answer = await site.send('GET', `/api/users/${id}`);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : null;
};

describe.each(database === null ? [lowdb] : [lowdb, postgres])('users of Clerk in %s', (_name, options) => {
  beforeEach(() => begin(options()));

  it('come in signed, are kept as identities with Clerk as the author, and are found by their id', async () => {
    expect(await sendClerk(site, userEvent('created', 'user_1', 0))).toEqual({
      status: 200,
      body: { outcome: 'applied' },
    });
    const user = await read('user_1');
    expect(user).toMatchObject({
      id: 'user_1', clerk_user_id: 'user_1', source: 'clerk', source_id: 'user_1', email: 'user_1@example.com',
      first_name: 'Camille', last_name: 'Martin', image_url: 'https://img.example.com/1.png', organization_memberships: [], version: 1,
    }); // prettier-ignore
    expect(JSON.stringify(user)).not.toContain('plan');
    expect(await site.sync.getUserByClerkId('user_1')).toMatchObject({ email: 'user_1@example.com' });
    expect(await site.sync.getUserByClerkId('user_2')).toBeNull();
    const history = (await (await site.send('GET', '/api/users/user_1/history')).json()) as { actor: object }[];
    expect(history[0]?.actor).toEqual({ id: 'clerk', name: 'Clerk', kind: 'webhook' });
  });

  it('are as the newest event says, whatever comes late', async () => {
    await sendClerk(site, userEvent('updated', 'user_1', 2000, { first_name: 'New' }));
    expect((await sendClerk(site, userEvent('updated', 'user_1', 1000, { first_name: 'Old' }))).body).toEqual({
      outcome: 'older',
    });
    expect((await sendClerk(site, userEvent('created', 'user_1', 0))).body).toEqual({ outcome: 'older' });
    expect(await read('user_1')).toMatchObject({ first_name: 'New', version: 1 });
  });

  it('stay deleted when an older update comes after the deletion, also when nobody had heard of them', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    expect((await sendClerk(site, userEvent('deleted', 'user_1', 3000))).body).toEqual({ outcome: 'applied' });
    await sendClerk(site, userEvent('updated', 'user_1', 2000));
    expect(await read('user_1')).toBeNull();
    await sendClerk(site, userEvent('deleted', 'user_2', 3000));
    await sendClerk(site, userEvent('created', 'user_2', 0));
    expect(await read('user_2')).toBeNull();
    await site.restart();
    await sendClerk(site, userEvent('updated', 'user_2', 2500));
    expect(await read('user_2')).toBeNull();
  });

  it('have their memberships, in whatever order these and they themselves come', async () => {
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_b', 100, 'org:admin'));
    expect(await read('user_1')).toBeNull();
    await sendClerk(site, userEvent('created', 'user_1', 50));
    await sendClerk(site, membershipEvent('deleted', 'user_1', 'org_a', 300));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 200));
    expect((await read('user_1'))?.['organization_memberships']).toEqual([
      { organization_id: 'org_b', role: 'org:admin' },
    ]);
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 400));
    await sendClerk(site, membershipEvent('updated', 'user_1', 'org_b', 500, 'org:member'));
    expect((await read('user_1'))?.['organization_memberships']).toEqual([
      { organization_id: 'org_a', role: 'org:member' },
      { organization_id: 'org_b', role: 'org:member' },
    ]);
  });

  it('are made by Clerk alone: an identity that somebody else gives is left out, and is no answer to the server’s code', async () => {
    const forged = {
      id: 'user_evil', source: 'clerk', source_id: 'user_evil', clerk_user_id: 'user_evil', email: 'ceo@example.com',
      organization_memberships: [{ organization_id: 'org_1', role: 'org:admin' }],
    }; // prettier-ignore
    expect((await site.send('POST', '/api/users', forged)).status).toBe(201);
    await site.send('PUT', '/api/users/user_evil2', { ...forged, id: 'user_evil2' }, { 'if-none-match': '*' });
    await site.sync.records('users').create({ ...forged, id: 'user_evil3' });
    for (const id of ['user_evil', 'user_evil2', 'user_evil3']) {
      const kept = (await read(id)) ?? {};
      for (const name of ['source', 'source_id', 'clerk_user_id', 'email']) expect(kept).not.toHaveProperty(name);
      expect(kept['organization_memberships'] ?? []).toEqual([]);
      expect(await site.sync.getUserByClerkId(id)).toBeNull();
    }
    // Even what the server's own code sets in their name is not of Clerk.
    await site.sync.records('users').create({ ...forged, id: 'user_own', clerk_user_id: 'user_own' }, { override: identityFields });
    expect(await site.sync.getUserByClerkId('user_own')).toBeNull();
    await sendClerk(site, userEvent('created', 'user_evil', 0));
    expect(await site.sync.getUserByClerkId('user_evil')).toMatchObject({
      email: 'user_evil@example.com',
      organization_memberships: [],
    });
  }); // prettier-ignore

  it('who were deleted at Clerk are not brought back by a person: what comes back has no identity', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 5, 'org:admin'));
    await sendClerk(site, userEvent('deleted', 'user_1', 3000));
    expect((await site.send('POST', '/api/users/user_1/restore', { version: 2 })).status).toBe(201);
    expect(await read('user_1')).not.toHaveProperty('clerk_user_id');
    expect(await read('user_1')).toMatchObject({ organization_memberships: [] });
    expect(await site.sync.getUserByClerkId('user_1')).toBeNull();
    await sendClerk(site, userEvent('updated', 'user_1', 2000));
    expect(await read('user_1')).not.toBeNull();
    expect(await site.sync.getUserByClerkId('user_1')).toBeNull();
  });

  it('whom a person deleted by mistake come back as Clerk knows them now, whatever version is asked for', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 5, 'org:admin'));
    await sendClerk(site, userEvent('updated', 'user_1', 10, { first_name: 'New' }));
    expect((await site.send('DELETE', '/api/users/user_1', undefined, { 'if-match': '*' })).status).toBe(204);
    expect(await site.sync.getUserByClerkId('user_1')).toBeNull();
    await sendClerk(site, membershipEvent('deleted', 'user_1', 'org_a', 20));
    expect((await site.send('POST', '/api/users/user_1/restore', { version: 2 })).status).toBe(201);
    const back = { clerk_user_id: 'user_1', first_name: 'New', organization_memberships: [] };
    expect(await read('user_1')).toMatchObject(back);
    expect(await site.sync.getUserByClerkId('user_1')).toMatchObject(back);
    expect((await site.send('DELETE', '/api/users/user_1', undefined, { 'if-match': '*' })).status).toBe(204);
    await sendClerk(site, userEvent('deleted', 'user_1', 3000));
    expect((await site.send('POST', '/api/users/user_1/undo', { version: 6 })).status).toBe(201);
    expect(await read('user_1')).not.toHaveProperty('clerk_user_id');
  });

  it('may be members of organizations that are called like what every object has', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    const names = ['__proto__', 'constructor', 'toString'];
    for (const name of names)
      expect(await sendClerk(site, membershipEvent('created', 'user_1', name, 20))).toMatchObject({ status: 200 });
    expect((await read('user_1'))?.['organization_memberships']).toEqual(
      names.map((name) => ({ organization_id: name, role: 'org:member' })),
    );
    await sendClerk(site, membershipEvent('deleted', 'user_1', '__proto__', 30));
    expect((await sendClerk(site, membershipEvent('created', 'user_1', '__proto__', 25))).body).toEqual({
      outcome: 'older',
    });
    expect((await read('user_1'))?.['organization_memberships']).toHaveLength(2);
  });

  it('are taken once, however often a delivery comes', async () => {
    const event = userEvent('created', 'user_1', 0);
    await sendClerk(site, event, { id: 'msg_same' });
    expect((await sendClerk(site, event, { id: 'msg_same' })).body).toEqual({ outcome: 'duplicate' });
    const many = await Promise.all(
      Array.from({ length: 8 }, () => sendClerk(site, userEvent('updated', 'user_1', 9), { id: 'msg_many' })),
    );
    expect(many.every(({ status }) => status === 200)).toBe(true);
    expect(await read('user_1')).toMatchObject({ version: 1 });
  });

  it('that come at once all come in', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `user_${index}`);
    await Promise.all(
      ids
        .flatMap((id) => [userEvent('created', id, 0), membershipEvent('created', id, 'org_a', 5)])
        .map((event) => sendClerk(site, event)),
    );
    const list = (await (await site.send('GET', '/api/users')).json()) as { organization_memberships: unknown[] }[];
    expect(list.map(({ organization_memberships: of }) => of.length)).toEqual(ids.map(() => 1));
  });
});

describe('a user', () => {
  const users = defineUsers({
    schema: z.object({ role: z.string().optional(), employeeId: z.string().optional() }),
    immutable: ['employeeId'],
  });
  beforeEach(() => begin({ resources: [...testResources, users] }));

  it('keeps fields of one’s own, and people change only these', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    const save = await site.send('PATCH', '/api/users/user_1', {
      role: 'CTO',
      email: 'forged@example.com',
      clerk_user_id: 'user_9',
    });
    expect(save.status).toBe(200);
    expect(await read('user_1')).toMatchObject({ role: 'CTO', email: 'user_1@example.com', clerk_user_id: 'user_1' });
    await sendClerk(
      site,
      userEvent('updated', 'user_1', 10, { first_name: 'Camélia', role: 'forged', employeeId: 'forged' }),
    );
    expect(await read('user_1')).toMatchObject({ role: 'CTO', first_name: 'Camélia' });
    expect(await read('user_1')).not.toHaveProperty('employeeId');
  });

  it('is told to the panel’s live connections like every other record', async () => {
    const before = site.sync.resources;
    expect(before).toContain('users');
    await sendClerk(site, userEvent('created', 'user_1', 0));
    const poll = (await (await site.send('GET', '/api/sync/poll?since=0&resources=users')).json()) as {
      cursor: string;
    };
    await sendClerk(site, userEvent('updated', 'user_1', 10, { last_name: 'Durand' }));
    const next = await (
      await site.send('GET', `/api/sync/poll?since=${encodeURIComponent(poll.cursor)}&resources=users`)
    ).json();
    expect(next).toMatchObject({
      messages: [{ type: 'change', change: { record: { last_name: 'Durand' }, actor: { name: 'Clerk' } } }],
    });
  });

  it('that visitors may not read is not shown to them', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    expect((await fetch(`${site.url}/api/users/user_1`)).status).not.toBe(200);
  });
});

describe('a call that is not right', () => {
  beforeEach(() => begin());
  const event = userEvent('created', 'user_1', 0);
  const other = `whsec_${Buffer.from('somebody else').toString('base64')}`;
  const user = (change: object) => ({ ...event, data: clerkUser('user_1', 0, change) });
  const cases = [
    ['unsigned', 401, 'SIGNATURE_INVALID', event, { headers: { 'svix-signature': undefined } }],
    ['signed with another secret', 401, 'SIGNATURE_INVALID', event, { secret: other }],
    ['five minutes old', 401, 'SIGNATURE_INVALID', event, { at: new Date(Date.now() - 302_000) }],
    ['five minutes ahead', 401, 'SIGNATURE_INVALID', event, { at: new Date(Date.now() + 600_000) }],
    ['altered', 401, 'SIGNATURE_INVALID', event, { body: JSON.stringify(userEvent('created', 'user_2', 0)) }],
    ['oversized', 413, 'BODY_TOO_LARGE', user({ bio: 'x'.repeat(262_144) }), {}],
    ['no JSON', 400, 'BODY_NOT_JSON', '{"type":', {}],
    ['a list', 400, 'BODY_NOT_OBJECT', '[]', {}],
    ['without a type', 422, 'INVALID', '{"data":{}}', {}],
    ['without a user', 422, 'INVALID', '{"type":"user.created","data":null}', {}],
    ['with an id of another kind', 422, 'INVALID', user({ id: 7 }), {}],
    ['with an id that leads elsewhere', 422, 'INVALID', user({ id: '../settings' }), {}],
    ['with a name of another kind', 422, 'INVALID', user({ first_name: ['x'] }), {}],
    ['with a time of another kind', 422, 'INVALID', user({ updated_at: 'yesterday' }), {}],
    ['dated in microseconds', 422, 'INVALID', user({ updated_at: start * 1000 }), {}],
    ['sent in a year to come', 422, 'INVALID', { ...event, timestamp: Date.now() + 86_400_000 * 365 }, {}],
    ['with text that no store keeps', 400, 'FORBIDDEN_TEXT', user({ first_name: 'a\u0000b' }), {}],
    ['with the key of a prototype', 400, 'FORBIDDEN_KEY', '{"type":"user.created","data":{"__proto__":{}}}', {}],
  ] as const;
  it.each(cases)('%s is %i %s and stores nothing', async (_name, status, code, sent, change) => {
    const answer = await sendClerk(site, sent, change);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(await (await site.send('GET', '/api/users')).json()).toEqual([]);
    expect((await sendClerk(site, event)).status).toBe(200);
  });

  it('of more than is taken is 413 also when it comes in pieces that say nothing of its size', async () => {
    const whole = JSON.stringify(user({ bio: 'x'.repeat(262_144) }));
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < whole.length; at += 32_768) controller.enqueue(Buffer.from(whole.slice(at, at + 32_768)));
        controller.close();
      },
    });
    const answer = await fetch(`${site.url}/api/webhooks/clerk`, {
      method: 'POST',
      body: pieces,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(await (await site.send('GET', '/api/users')).json()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', undefined])(
    'is judged by its signed bytes, whatever it is called: %s',
    async (type) => {
      const headers = { 'content-type': type };
      expect((await sendClerk(site, event, { secret: other, headers })).status).toBe(401);
      expect(await sendClerk(site, event, { headers })).toEqual({ status: 200, body: { outcome: 'applied' } });
    },
  );

  it('of an unknown type is 200, and ignored', async () => {
    expect(await sendClerk(site, '{"type":"session.created","data":{"id":"sess_1"}}')).toEqual({
      status: 200,
      body: { outcome: 'ignored' },
    });
    expect(await (await site.send('GET', '/api/users')).json()).toEqual([]);
  });

  it('that is no POST is 405', async () => {
    const answer = await site.send('GET', '/api/webhooks/clerk');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('never has personal data in the log: type and id of the delivery', async () => {
    await sendClerk(site, event, { id: 'msg_log' });
    await sendClerk(site, user({ first_name: ['Hidden'] }), { id: 'msg_bad' });
    const lines = site.lines.filter(({ message }) => message === 'Clerk webhook received');
    expect(lines).toMatchObject([{ type: 'user.created', deliveryId: 'msg_log', outcome: 'applied' }]);
    expect(JSON.stringify(site.lines)).not.toMatch(/Camille|@example|Hidden/);
  });

  it('counts for the rate limit of its address', async () => {
    await site.stop();
    stops.splice(0);
    await begin({ rateLimit: 2 });
    expect((await sendClerk(site, event)).status).toBe(200);
    expect((await sendClerk(site, event)).status).toBe(200);
    expect(await sendClerk(site, event)).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  });
});

describe('the start', () => {
  it('is stopped by a secret that is none, which is not repeated', async () => {
    for (const secret of ['c2VjcmV0', 'whsec_', 'whsec_hunter2!', 'whsec_AAAA', '', []]) {
      const make = () => makeSync('/nowhere', { resources: testResources, inbound: { clerk: { secret } } });
      expect(make).toThrow(/CLERK_WEBHOOK_SECRET.*"whsec_" and base64/);
      expect(make).toThrow(/^(?!.*(hunter2|c2VjcmV0))/);
    }
  });

  it('of the shipped server takes the secret from CLERK_WEBHOOK_SECRET, and is stopped by one that is none', async () => {
    const start = (secret: string) => createShipped(readSettings({ CLERK_WEBHOOK_SECRET: secret, DATA_DIR: folder }));
    const folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    expect(() => start('wrong')).toThrow(/CLERK_WEBHOOK_SECRET/);
    const shipped = start(clerkSecret);
    stops.unshift(() => shipped.close());
    await shipped.sync.ready;
    expect(shipped.sync.resources).toContain('users');
  });

  it('is stopped by a source that is none, and by an option that is not known', () => {
    const make = (given: object) => () => makeSync('/nowhere', { resources: testResources, inbound: given });
    expect(make({ clerc: {} })).toThrow(/Did you mean "clerk"/);
    expect(make({ sources: { erp: {} } })).toThrow(/inbound\.sources\.erp/);
    expect(make({ sources: { 'No Name': {} } })).toThrow(/inbound\.sources/);
    expect(() => defineResource({ name: 'users', schema: z.object({}) })).toThrow(/none of/);
  });

  it('without a secret leaves the address closed, and says how to open it', async () => {
    await begin({ inbound: {} });
    const answer = await sendClerk(site, userEvent('created', 'user_1', 0));
    expect([answer.status, answer.body['detail']]).toEqual([404, expect.stringContaining('CLERK_WEBHOOK_SECRET')]);
    await expect(site.sync.getUserByClerkId('user_1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(site.sync.resources).not.toContain('users');
  });

  it('takes both secrets of a rotation', async () => {
    const next = `whsec_${Buffer.from('the next secret of Clerk').toString('base64')}`;
    await begin({ inbound: { clerk: { secret: [clerkSecret, next] } } });
    expect((await sendClerk(site, userEvent('created', 'user_1', 0))).status).toBe(200);
    expect((await sendClerk(site, userEvent('created', 'user_2', 0), { secret: next })).status).toBe(200);
  });
});

it('a parser of the host application before the router is named as what is wrong', async () => {
  await begin();
  const host = express();
  host.use(express.json());
  host.use('/api', site.sync.router);
  const server = createServer(host);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.unshift(() => new Promise((resolve) => server.close(resolve)));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await sendClerk({ url }, userEvent('created', 'user_1', start))).toMatchObject({
    status: 500,
    body: { code: 'RAW_BODY_MISSING', detail: expect.stringContaining('before express.json()') as string },
  });
});
