import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';

interface HostileCase {
  readonly name: string;
  readonly method: string;
  readonly contentType: string;
  readonly expect: '4xx' | '2xx-protected' | 'no-5xx';
  readonly bodyBase64?: string;
  readonly headers?: Record<string, string>;
  readonly generate?: { readonly kind: string; readonly [size: string]: unknown };
}

const corpus = <T>(name: string): readonly T[] =>
  (JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8')) as { cases: readonly T[] })
    .cases;

function bodyOf(one: HostileCase): Uint8Array {
  if (one.bodyBase64 !== undefined) return Buffer.from(one.bodyBase64, 'base64');
  const size = (name: string): number => Number(one.generate?.[name] ?? 0);
  switch (one.generate?.kind) {
    case 'nest':
      return Buffer.from(`${'{"a":'.repeat(size('depth'))}1${'}'.repeat(size('depth'))}`);
    case 'nestArray':
      return Buffer.from(`{"a":${'['.repeat(size('depth'))}${']'.repeat(size('depth'))}}`);
    case 'keys':
      return Buffer.from(
        JSON.stringify(Object.fromEntries(Array.from({ length: size('count') }, (_, index) => [`k${index}`, index]))),
      );
    case 'text':
      return Buffer.from(JSON.stringify({ [String(one.generate['key'] ?? 'companyName')]: 'x'.repeat(size('bytes')) }));
    case 'key':
      return Buffer.from(JSON.stringify({ ['k'.repeat(size('bytes'))]: 1 }));
    case 'ops':
      return Buffer.from(
        JSON.stringify(Array.from({ length: size('count') }, () => ({ op: 'add', path: '/companyName', value: 'x' }))),
      );
    case 'emoji':
      return Buffer.from(JSON.stringify({ companyName: '👩‍🚀'.repeat(size('count')) }));
    default:
      return new Uint8Array();
  }
}

describe('what a save refuses', () => {
  let at: Started;
  beforeAll(async () => {
    at = await startSync();
  });
  afterAll(() => at.stop());

  const isAlive = async (): Promise<void> => {
    expect((await at.send('GET', '/api/settings')).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  };

  it.each(corpus<HostileCase>('hostile-bodies').map((one) => [one.name, one] as const))(
    'answers honestly to a hostile body: %s',
    async (_name, one) => {
      const before = await (await at.send('GET', '/api/settings')).json();
      const answer = await at.send(one.method, '/api/settings', bodyOf(one), {
        'content-type': one.contentType,
        ...one.headers,
      });
      const text = await answer.text();
      if (one.expect === '4xx') {
        expect([answer.status, text]).toEqual([
          expect.toSatisfy((status: number) => status >= 400 && status < 500),
          expect.stringContaining('"code"'),
        ]);
        expect(await (await at.send('GET', '/api/settings')).json()).toEqual(before);
      } else if (one.expect === '2xx-protected') {
        expect(answer.status).toBe(200);
        expect(text).not.toContain('forged');
      } else {
        expect(answer.status).toBeLessThan(500);
      }
      await isAlive();
    },
  );

  it.each(
    corpus<{ name: string; expect: 'refuse' | 'accept' | 'either'; bodyBase64: string }>('json-parsing').map(
      (one) => [one.name, one] as const,
    ),
  )('reads JSON and only JSON: %s', async (_name, one) => {
    const before = await (await at.send('GET', '/api/settings')).json();
    const answer = await at.send('PATCH', '/api/settings', Buffer.from(one.bodyBase64, 'base64'));
    const problem = (await answer.json()) as { code?: string };
    expect(answer.status).toBeLessThan(500);
    if (one.expect === 'refuse') expect([answer.status >= 400, typeof problem.code]).toEqual([true, 'string']);
    if (one.expect === 'accept') expect(problem.code).not.toBe('BODY_NOT_JSON');
    if (answer.status >= 400) expect(await (await at.send('GET', '/api/settings')).json()).toEqual(before);
  });

  it.each([
    ['__proto__ at any depth', { address: JSON.parse('{"__proto__":{"x":1}}') as unknown }, {}, 400, 'FORBIDDEN_KEY'],
    ['2 MB of body', { companyName: 'x'.repeat(2_000_000) }, {}, 413, 'BODY_TOO_LARGE'],
    ['broken JSON', '{"companyName":', {}, 400, 'BODY_NOT_JSON'],
    ['a wrong type', { companyName: 5 }, {}, 422, 'INVALID'],
    ['65 levels', JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`) as unknown, {}, 400, 'BODY_TOO_DEEP'],
    ['a body that is no object', [1], {}, 400, 'BODY_NOT_OBJECT'],
    ['another content type', '<a/>', { 'content-type': 'application/xml' }, 415, 'MEDIA_TYPE'],
    ['U+0000 in a text', { companyName: 'a\u0000b' }, {}, 400, 'FORBIDDEN_TEXT'],
    [
      'a patch whose test fails',
      [{ op: 'test', path: '/companyName', value: 'no' }],
      { 'content-type': 'application/json-patch+json' },
      409,
      'TEST_FAILED',
    ],
    [
      'a patch of a path that is not there',
      [{ op: 'remove', path: '/nothing' }],
      { 'content-type': 'application/json-patch+json' },
      422,
      'PATCH_FAILED',
    ],
  ] as const)('refuses %s with a code, and stores nothing', async (_name, body, headers, status, code) => {
    const before = await (await at.send('GET', '/api/settings')).json();
    const answer = await at.send('PATCH', '/api/settings', body, headers);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    expect(await (await at.send('GET', '/api/settings')).json()).toEqual(before);
    await isAlive();
  });

  it('answers 404 for what is not there and 405 with the allowed methods, both as problems', async () => {
    expect(await (await at.send('GET', '/api/nothing')).json()).toMatchObject({ code: 'NOT_FOUND' });
    expect(await (await at.send('GET', '/api/team/nobody')).json()).toMatchObject({ code: 'NOT_FOUND' });
    const wrong = await at.send('DELETE', '/api/settings/main', undefined, { 'if-match': '*' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PUT, PATCH']);
    expect((await at.send('GET', '/api/team/%E0%A4%A')).status).toBe(400);
  });
});
