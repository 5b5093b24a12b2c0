import { signedSource, type IdentitySource } from 'backoffice-sync';
import { signWebhook } from 'backoffice-sync/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';

const secret = `whsec_${Buffer.from('the secret of the other system').toString('base64')}`;
let site: Started;

/** The example of docs/clerk.md: a source in one file, with a signature of its own kind. */
const directory: IdentitySource = {
  title: 'Directory',
  verify: ({ headers }) =>
    (headers as Record<string, string>)['x-directory-key'] === 'right'
      ? {
          ok: true,
          id: String((headers as Record<string, string>)['x-delivery']),
          timestamp: new Date(),
          secretIndex: 0,
        }
      : { ok: false, reason: 'signature' },
  read(body) {
    const { who, mail, when } = body as { who: string; mail: string; when: number };
    return {
      type: 'person',
      events: [{ kind: 'saved', userId: who, at: when, sentAt: when, fields: { email: mail } }],
    };
  },
};

beforeEach(async () => {
  site = await startSync({
    inbound: { sources: { erp: signedSource({ title: 'ERP', secrets: [secret] }), directory } },
  });
});
afterEach(() => site.stop());

let count = 0;
async function post(event: object | string, change: { key?: string; source?: string } = {}) {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const headers = {
    ...(await signWebhook({ id: `msg_${++count}`, timestamp: new Date(), body, secret: change.key ?? secret })),
  };
  const answer = await fetch(`${site.url}/api/webhooks/in/${change.source ?? 'erp'}`, {
    method: 'POST',
    headers,
    body,
  });
  return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
}
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const read = async (id: string) => {
  const answer = await site.send('GET', `/api/users/${id}`);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : null;
};

describe('the secrets of a signed source', () => {
  it('stop the start when they are none or too short to be one, and are not repeated', () => {
    for (const secrets of [[undefined], [], ['whsec_hunter2!'], ['whsec_AAAA'], undefined, [secret, '']]) {
      const make = () => signedSource({ title: 'ERP', secrets: secrets as string[] });
      expect(make).toThrow(/"secrets" of ERP has to be a list/);
      expect(make).toThrow(/^(?!.*(hunter2|AAAA))/);
    }
    expect(signedSource({ title: 'ERP', secrets: [secret.slice('whsec_'.length)] }).title).toBe('ERP');
  });
});

describe('a source of one’s own', () => {
  it('brings people in with the signature of the standard, under an id that no other source has', async () => {
    const data = { id: '17', updated_at: at(5), email: 'a@example.com', first_name: 'Ada' };
    expect(await post({ type: 'user.saved', data })).toEqual([200, { outcome: 'applied' }]);
    await post({
      type: 'membership.saved',
      data: { id: '17', updated_at: at(6), organization_id: 'org', role: 'admin' },
    });
    expect(await post({ type: 'user.saved', data: { ...data, updated_at: at(4) } })).toEqual([
      200,
      { outcome: 'older' },
    ]);
    expect(await read('erp.17')).toMatchObject({
      source: 'erp',
      source_id: '17',
      email: 'a@example.com',
      first_name: 'Ada',
      organization_memberships: [{ organization_id: 'org', role: 'admin' }],
    });
    expect(await read('erp.17')).not.toHaveProperty('clerk_user_id');
    await post({ type: 'membership.deleted', data: { id: '17', updated_at: at(7), organization_id: 'org' } });
    expect((await read('erp.17'))?.['organization_memberships']).toEqual([]);
    await post({ type: 'user.deleted', data: { id: '17', updated_at: at(8) } });
    expect(await read('erp.17')).toBeNull();
  });

  it('leaves a field as it is that an event does not have, and empties one that is null', async () => {
    await post({
      type: 'user.saved',
      data: { id: '17', updated_at: at(1), email: 'a@example.com', first_name: 'Ada' },
    });
    await post({ type: 'user.saved', data: { id: '17', updated_at: at(2), first_name: null } });
    expect(await read('erp.17')).toMatchObject({ email: 'a@example.com', first_name: null });
  });

  it('refuses what is not signed or not as it should be', async () => {
    const other = `whsec_${Buffer.from('somebody else').toString('base64')}`;
    expect(await post({ type: 'user.saved' }, { key: other })).toMatchObject([401, { code: 'SIGNATURE_INVALID' }]);
    expect(await post({ type: 'user.saved', data: { id: '17', updated_at: 'soon' } })).toMatchObject([
      422,
      { code: 'INVALID' },
    ]);
    expect(await post({ type: 'else', data: {} })).toEqual([200, { outcome: 'ignored' }]);
    expect(await post({ type: 'user.saved' }, { source: 'nobody' })).toMatchObject([404, { code: 'NOT_FOUND' }]);
    expect(await (await site.send('GET', '/api/users')).json()).toEqual([]);
  });

  it('may verify in its own way', async () => {
    const send = (key: string) =>
      fetch(`${site.url}/api/webhooks/in/directory`, {
        method: 'POST',
        headers: { 'x-directory-key': key, 'x-delivery': 'd1' },
        body: JSON.stringify({ who: 'ada', mail: 'ada@example.com', when: 5 }),
      });
    expect((await send('wrong')).status).toBe(401);
    expect((await send('right')).status).toBe(200);
    expect(await read('directory.ada')).toMatchObject({ email: 'ada@example.com', source: 'directory' });
    expect(site.lines.some(({ message }) => message === 'Directory webhook received')).toBe(true);
  });
});
