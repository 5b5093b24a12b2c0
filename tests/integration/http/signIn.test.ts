import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminPassword, startSync, type Started } from '../../helpers/startSync.ts';

describe('signing in', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync({ corsOrigins: ['https://panel.example.com'] });
  });
  afterEach(() => at.stop());
  const login = (password: string, headers: Record<string, string> = {}) =>
    fetch(`${at.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at.url, ...headers },
      body: JSON.stringify({ username: 'admin', password }),
    });

  it('gives an HttpOnly cookie that scripts cannot read, and ends with the session', async () => {
    const answer = await login(adminPassword);
    expect(await answer.json()).toMatchObject({ user: { id: 'admin', name: 'admin', role: 'admin' } });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    const session = { cookie: cookie.split(';')[0] ?? '', origin: at.url };
    expect((await (await fetch(`${at.url}/api/auth/session`, { headers: session })).json()).user).toMatchObject({
      name: 'admin',
    });
    await at.restart();
    expect((await (await fetch(`${at.url}/api/auth/session`, { headers: session })).json()).user).toMatchObject({
      name: 'admin',
    });
    await fetch(`${at.url}/api/auth/logout`, { method: 'POST', headers: session });
    expect(await (await fetch(`${at.url}/api/auth/session`, { headers: session })).json()).toEqual({ user: null });
  });

  it('ends every session when the server starts with another password, and none when it starts with the same', async () => {
    await at.stop();
    const options: { adminPassword: string } = { adminPassword };
    at = await startSync(options);
    const cookie = (await login(adminPassword)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const user = async () =>
      (await (await fetch(`${at.url}/api/auth/session`, { headers: { cookie, origin: at.url } })).json()).user;
    await at.restart();
    expect(await user()).toMatchObject({ id: 'admin' });
    options.adminPassword = 'another-password-1234';
    await at.restart();
    expect(await user()).toBe(null);
    expect((await login(options.adminPassword)).status).toBe(200);
  });

  it('refuses a wrong password and an unknown name alike, and after ten failures waits', async () => {
    expect(await (await login('wrong')).json()).toMatchObject({ code: 'LOGIN_FAILED' });
    for (let failure = 0; failure < 9; failure++) await login('wrong');
    const limited = await login(adminPassword);
    expect([limited.status, (await limited.json()).code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('refuses a change with a session that another site started, and accepts a listed origin', async () => {
    const cookie = (await login(adminPassword)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const save = (headers: Record<string, string>) =>
      fetch(`${at.url}/api/settings`, {
        method: 'PATCH',
        headers: { cookie, 'content-type': 'application/json', 'if-match': '*', ...headers },
        body: '{"phone":"5"}',
      });
    expect(
      await (await save({ origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' })).json(),
    ).toMatchObject({ code: 'CROSS_SITE' });
    expect((await save({})).status).toBe(403);
    const listed = await save({ origin: 'https://panel.example.com', 'sec-fetch-site': 'cross-site' });
    expect([
      listed.status,
      listed.headers.get('access-control-allow-origin'),
      listed.headers.get('access-control-allow-credentials'),
    ]).toEqual([200, 'https://panel.example.com', 'true']);
    expect((await login(adminPassword, { origin: 'https://evil.example.com' })).status).toBe(403);
  });

  it('asks a visitor who saves to sign in, and reads a wrong token as nobody', async () => {
    const save = (headers: Record<string, string>) =>
      fetch(`${at.url}/api/settings`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await save({})).status).toBe(401);
    expect((await save({ authorization: 'Bearer wrong-token' })).status).toBe(401);
  });

  it('limits requests per client with a bucket of its own for streams and polling', async () => {
    await at.stop();
    at = await startSync({ rateLimit: 5 });
    const codes = await Promise.all(
      Array.from({ length: 7 }, async () => (await fetch(`${at.url}/api/settings`)).status),
    );
    expect(codes.filter((status) => status === 429)).toHaveLength(2);
    const limited = await fetch(`${at.url}/api/settings`);
    expect([limited.headers.get('content-type'), limited.headers.get('retry-after')]).toEqual([
      expect.stringContaining('problem+json'),
      expect.stringMatching(/^\d+$/),
    ]);
    expect((await fetch(`${at.url}/api/sync/poll`)).status).toBe(200);
    expect((await at.send('GET', '/api/settings')).status).toBe(200);
  });

  it('makes up a password at the first start, tells it once, and replaces it when one is given', async () => {
    await at.stop();
    const told: string[] = [];
    at = await startSync({
      adminPassword: undefined as never,
      onFirstPassword: (password) => void told.push(password),
    });
    await at.restart();
    expect(told).toHaveLength(1);
    expect((await login(told[0] ?? '')).status).toBe(200);
    expect(told[0]).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });

  it("takes the integrator's own users", async () => {
    await at.stop();
    at = await startSync({
      authenticate: (request) =>
        request.get('x-user') ? { id: 'u7', name: 'Zoé', role: 'viewer', kind: 'admin' } : null,
    });
    const mine = { 'x-user': '1', origin: at.url, 'content-type': 'application/json' };
    expect((await (await fetch(`${at.url}/api/auth/session`, { headers: mine })).json()).user).toMatchObject({
      name: 'Zoé',
    });
    expect(
      (
        await fetch(`${at.url}/api/settings`, {
          method: 'PATCH',
          headers: { ...mine, 'if-match': '*' },
          body: '{"phone":"1"}',
        })
      ).status,
    ).toBe(403);
  });
});
