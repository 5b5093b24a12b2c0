import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';

describe('a list with filters', () => {
  let at: Started;
  beforeAll(async () => {
    at = await startSync();
    const existing = (await (await at.send('GET', '/api/team')).json()) as { id: string }[];
    for (const { id } of existing) await at.send('DELETE', `/api/team/${id}`, undefined, { 'If-Match': '*' });
    for (const [name, role] of [['Ada', 'CTO'], ['Bo', 'CEO'], ['Cy', 'CTO'], ['Di', undefined]] as const)
      await at.send('POST', '/api/team', { name, ...(role ? { role } : {}) }); // prettier-ignore
  });
  afterAll(() => at.stop());

  const names = async (query: string) => {
    const answer = await at.send('GET', `/api/team?sort=name&${query}`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { name: string }[]).map(({ name }) => name).join(' ');
  };
  const filter = (text: string) => `filter=${encodeURIComponent(text)}`;

  it.each([
    ['role=eq.CTO', 'Ada Cy'],
    ['role=neq.CTO', 'Bo'],
    ['name=gt.Bo', 'Cy Di'],
    ['name=lte.Bo', 'Ada Bo'],
    ['role=in.(CEO,"CTO")', 'Ada Bo Cy'],
    ['role=is.null', 'Di'],
    ['team:role=eq.CEO', 'Bo'],
    ['version=eq.1', 'Ada Bo Cy Di'],
  ])('takes the operators of streams: %s', async (text, expected) => {
    expect(await names(filter(text))).toBe(expected);
  });

  it('has what fulfils every filter, whichever way it is written', async () => {
    expect(await names(`${filter('role=eq.CTO')}&${filter('name=neq.Ada')}`)).toBe('Cy');
    expect(await names(`role=CTO&${filter('name=neq.Ada')}`)).toBe('Cy');
  });

  it('keeps the filters on the next page', async () => {
    const first = await at.send('GET', `/api/team?limit=1&sort=name&${filter('role=eq.CTO')}`);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = (await (await at.send('GET', next)).json()) as { name: string }[];
    expect(second.map(({ name }) => name)).toEqual(['Cy']);
    expect(first.headers.get('x-total-count')).toBe('2');
  });

  it.each([
    ['role', 'a filter is field=operator.value'],
    ['role=like.C', 'known operators are'],
    ['rolle=eq.CTO', 'Did you mean "role"?'],
    ['settings:role=eq.CTO', 'says nothing about "team"'],
  ])('refuses %s, and says what is wrong with it', async (text, sentence) => {
    const answer = await at.send('GET', `/api/team?${filter(text)}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BAD_PARAMETER', detail: expect.stringContaining(sentence) });
  });

  it.each([
    ['rolle=CTO', 'has no field "rolle". Did you mean "role"?'],
    ['nope=1', 'has no field "nope".'],
    ['sort=nam', 'Did you mean "name"?'],
    ['sort=-nam', 'Did you mean "name"?'],
    ['limt=5', 'Did you mean "limit"?'],
    ['vue=published', 'Did you mean "view"?'],
  ])(
    'refuses a name that is neither a field nor a parameter, instead of an empty list: %s',
    async (query, sentence) => {
      const answer = await at.send('GET', `/api/team?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'BAD_PARAMETER', detail: expect.stringContaining(sentence) });
    },
  );

  it('says no more of a long name than a hundred letters', async () => {
    const answer = await at.send('GET', `/api/team?${'x'.repeat(5_000)}=1`);
    expect(((await answer.json()) as { detail: string }).detail).toMatch(/has no field "x{100}"/);
  });

  it('takes every field of the schema and of the server, and every parameter, together', async () => {
    expect(await names('role=CTO&version=1&limit=5&q=ada&view=published')).toBe('Ada');
    expect(await names('phone=9')).toBe('');
    expect((await at.send('GET', '/api/team?sort=-updatedAt')).status).toBe(200);
  });

  it('takes 20 filters and no more', async () => {
    const many = (count: number) => Array.from({ length: count }, () => filter('role=eq.CTO')).join('&');
    expect(await names(many(20))).toBe('Ada Cy');
    expect((await at.send('GET', `/api/team?${many(21)}`)).status).toBe(400);
  });

  it('tells a visitor nothing of a field that he may not read', async () => {
    const asked = (text: string) => fetch(`${at.url}/api/team?${filter(text)}`);
    expect((await asked('role=eq.CTO')).status).toBe(200);
    for (const text of ['phone=eq.1', 'phone=is.null', 'updatedBy=eq.admin'])
      expect([text, (await asked(text)).status]).toEqual([text, 403]);
    const wrong = (query: string) => fetch(`${at.url}/api/services?${query}`);
    expect((await wrong('titel=a')).status).toBe(400);
    expect(await (await wrong('updatedBi=admin')).text()).not.toContain('updatedBy');
  });
});
