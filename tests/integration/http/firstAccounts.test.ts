import { afterEach, expect, it } from 'vitest';
import { createSync, lowdbStore, type FirstAccount } from 'backoffice-sync';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

const firstAccounts: readonly FirstAccount[] = [
  { username: 'ada', password: 'ada-password', role: 'editor' },
  { username: 'bob', password: 'bob-password', role: 'viewer' },
];

let at: Started | null = null;
afterEach(async () => {
  await at?.stop();
  at = null;
});

const signIn = async (started: Started, username: string, password: string) => {
  const answer = await fetch(`${started.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: started.url },
    body: JSON.stringify({ username, password }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${started.url}${path}`, {
      method,
      headers: { cookie, origin: started.url, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { status: answer.status, send };
};

it('accounts that a first start makes sign in beside admin, each with its role', async () => {
  at = await startSync({ firstAccounts });
  const ada = await signIn(at, 'ada', 'ada-password');
  expect(await (await ada.send('GET', '/api/auth/session')).json()).toMatchObject({
    user: { id: 'ada', name: 'ada', role: 'editor' },
  });
  expect((await ada.send('POST', '/api/team', { name: 'New' })).status).toBe(201);
  const bob = await signIn(at, 'bob', 'bob-password');
  expect((await bob.send('POST', '/api/team', { name: 'New' })).status).toBe(403);
  expect((await signIn(at, 'ada', 'bob-password')).status).toBe(401);
  expect((await signIn(at, 'admin', 'test-password-1234')).status).toBe(200);
});

it('nothing is made in a store that has an admin already, so that known passwords never come to data that is there', async () => {
  at = await startSync();
  const { folder } = at;
  await at.sync.close();
  const second = await startSync({ firstAccounts, store: lowdbStore({ folder }) });
  expect((await signIn(second, 'ada', 'ada-password')).status).toBe(401);
  await second.stop();
});

it('an account that a start could not make before it was cut is made by the next one', async () => {
  at = await startSync({
    firstAccounts: firstAccounts.slice(0, 1),
    authenticate: () => null,
    adminPassword: undefined as never,
  });
  const { folder } = at;
  expect((await signIn(at, 'ada', 'ada-password')).status).toBe(200);
  await at.sync.close();
  const second = await startSync({ firstAccounts, store: lowdbStore({ folder }) });
  expect((await signIn(second, 'bob', 'bob-password')).status).toBe(200);
  expect((await signIn(second, 'admin', 'test-password-1234')).status).toBe(200);
  await second.stop();
});

it('a list that cannot be made stops the start, and no password is in the message', () => {
  const good = { username: 'ada', password: 'secret-of-ada', role: 'editor' };
  for (const bad of [
    [{ ...good, username: 'admin' }],
    [{ ...good, username: 'Ada Lovelace' }],
    [good, good],
    [{ ...good, password: 'secret' }],
    [{ ...good, role: 'owner' }],
    [{ ...good, rights: 'all' }],
    'ada',
    [null],
  ]) {
    const start = () => createSync({ store: lowdbStore({ folder: '/nowhere' }), resources: testResources, firstAccounts: bad as never }); // prettier-ignore
    expect(start).toThrow(expect.objectContaining({ code: expect.stringMatching(/^OPTION_/) }));
    expect(start).not.toThrow(/secret/);
  }
});
