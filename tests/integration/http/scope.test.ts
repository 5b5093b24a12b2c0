import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

const deals = defineResource({ name: 'deals', schema: z.object({ title: z.string(), organization_id: z.string() }) });

describe('a user whose scope is one organization', () => {
  let at: Started;
  beforeAll(async () => {
    at = await startSync({
      resources: [deals],
      authenticate: (request) => {
        const organization = request.get('x-organization');
        return organization
          ? { id: `user-${organization}`, name: `user of ${organization}`, role: 'editor', kind: 'api', organization }
          : null;
      },
      scope: (user) => ({ organization_id: String(user['organization']) }),
    });
  });
  afterAll(() => at.stop());
  const as =
    (organization: string) =>
    (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(`${at.url}/api/deals${path}`, {
        method,
        headers: { 'x-organization': organization, origin: at.url, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  const a = as('A');
  const b = as('B');

  it('cannot plant a record in another one, nor move its own there', async () => {
    expect((await a('POST', '', { title: 'planted', organization_id: 'B' })).status).toBe(403);
    await a('POST', '', { id: 'a1', title: 'mine', organization_id: 'A' });
    expect((await a('PATCH', '/a1', { organization_id: 'B' })).status).toBe(403);
    expect(await (await b('GET', '')).json()).toEqual([]);
  });

  it('does not learn of, change, delete, bring back or take over a record of another one, alive or deleted', async () => {
    await b('POST', '', { id: 'b1', title: 'secret of B', organization_id: 'B' });
    const tries = async (): Promise<readonly (readonly [number, string])[]> =>
      Promise.all(
        [
          a('GET', '/b1'),
          a('PATCH', '/b1', { title: 'x' }),
          a('DELETE', '/b1', undefined, { 'if-match': '*' }),
          a('POST', '/b1/restore', { version: 1 }),
          a('POST', '/b1/undo', { version: 1 }),
          a('POST', '', { id: 'b1', title: 'taken', organization_id: 'A' }),
        ].map(async (answer) => [(await answer).status, await (await answer).text()] as const),
      );
    for (const [status, text] of await tries())
      expect([status >= 400 && status < 500, text]).toEqual([true, expect.not.stringMatching(/secret of B|user of B/)]);
    await b('DELETE', '/b1', undefined, { 'if-match': '*' });
    for (const [status, text] of await tries())
      expect([status >= 400 && status < 500, text]).toEqual([true, expect.not.stringMatching(/secret of B|user of B/)]);
    expect((await b('POST', '/b1/restore', { version: 1 })).status).toBe(201);
  });
});

describe('a declaration', () => {
  it('with a field that the schema does not have, or a secret in depth, stops the start', () => {
    const schema = z.object({ name: z.string(), smtp: z.object({ password: z.string() }) });
    expect(() => defineResource({ name: 'mail', schema, preserve: ['nmae'] })).toThrow(/did you mean "name"/);
    expect(() => defineResource({ name: 'mail', schema, secret: ['/smtp/password'] })).toThrow(/secret/);
    expect(() => defineResource({ name: 'mail', schema, secret: ['smtp.password'] })).toThrow(/secret/);
    expect(() => defineResource({ name: 'mail', schema, public: ['nmae'] })).toThrow(/did you mean "name"/);
  });
});
