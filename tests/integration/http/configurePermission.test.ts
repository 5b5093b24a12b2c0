import { afterEach, describe, expect, it } from 'vitest';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

describe('what the configuration says of the user', () => {
  let at: Started;
  afterEach(() => at.stop());

  const signIn = async (username: string): Promise<string> => {
    const login = await fetch(`${at.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at.url },
      body: JSON.stringify({ username, password: `${username}-password` }),
    });
    return login.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const mayConfigure = async (cookie: string): Promise<unknown> => {
    const answer = await fetch(`${at.url}/api/sync/configuration`, { headers: { cookie } });
    return ((await answer.json()) as { permissions: unknown }).permissions;
  };
  const firstAccounts = [
    { username: 'chief', password: 'chief-password', role: 'admin' },
    { username: 'writer', password: 'writer-password', role: 'editor' },
    { username: 'reader', password: 'reader-password', role: 'viewer' },
  ] as const;

  it('is that administrators manage webhooks, and nobody else', async () => {
    at = await startSync({ resources: testResources, firstAccounts });
    expect(await mayConfigure(await signIn('chief'))).toEqual({ configure: true });
    expect(await mayConfigure(await signIn('writer'))).toEqual({ configure: false });
    expect(await mayConfigure(await signIn('reader'))).toEqual({ configure: false });
  });

  it('is what the rules of the integrator say of webhooks', async () => {
    at = await startSync({
      resources: testResources,
      firstAccounts,
      can: (user, action, on) => action === 'read' || (action === 'configure' && on.resource === 'webhooks' && user.role === 'editor'), // prettier-ignore
    });
    expect(await mayConfigure(await signIn('writer'))).toEqual({ configure: true });
    expect(await mayConfigure(await signIn('chief'))).toEqual({ configure: false });
  });
});
