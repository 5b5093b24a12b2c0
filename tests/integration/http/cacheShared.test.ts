import { get, type IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';
import { defineResource, lowdbStore, type User } from 'backoffice-sync';
import { z } from 'zod';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Not by fetch, which asks every cache on the way for a new answer as soon as it is given If-None-Match. */
function ask(url: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    }).on('error', reject);
  });
}

/**
 * A cache as RFC 9111 lets one be. A stored answer that Vary keeps from being used may still be asked about by its ETag (§ 4.1), and
 * a 304 then chooses it.
 */
function createCache({ isShared }: { readonly isShared: boolean }) {
  const stored = new Map<string, Answer[]>();
  return {
    async get(url: string, headers: Record<string, string>): Promise<Answer> {
      const known = stored.get(url) ?? [];
      const tags = known.flatMap(({ headers: { etag } }) => etag ?? []);
      const answer = await ask(url, tags.length > 0 ? { ...headers, 'if-none-match': tags.join(', ') } : headers);
      if (answer.status === 304) {
        const chosen = known.find(({ headers: { etag } }) => etag === answer.headers.etag);
        return { ...answer, status: 200, text: chosen?.text ?? 'the cache has no such answer' };
      }
      const said = String(answer.headers['cache-control']).split(/, */);
      const maxAge = said.some((word) => word.startsWith('max-age'));
      expect([maxAge, said.includes('no-cache') || said.includes('no-store')]).toEqual([false, true]);
      if (!said.includes('no-store') && !(isShared && said.includes('private'))) stored.set(url, [...known, answer]);
      return answer;
    },
    get size() {
      return stored.size;
    },
  };
}

const people: Record<string, User | null> = {
  visitor: null,
  viewer: { id: 'v', name: 'V', role: 'viewer', kind: 'admin', organization: 'o1' },
  admin: { id: 'a', name: 'A', role: 'admin', kind: 'admin', organization: 'o2' },
};
const paths = [
  '/api/settings', '/api/team/m1', '/api/team/m1?view=published', '/api/team', '/api/team?sort=name', '/api/services/s1', '/api/services', '/api/news',
  '/api/mail', '/api/sync/snapshot', '/api/sync/snapshot?resources=team', '/api/sync/configuration', '/api/openapi.json', '/api/team/m1/history', '/api/auth/session', '/api/sync/status',
]; // prettier-ignore

let started: Started;
beforeEach(async () => {
  // By a header of its own, as a proxy in front would say who it is: Vary does not name it.
  started = await startSync({ authenticate: (request) => people[String(request.headers['x-person'])] ?? null });
});
afterEach(() => started.stop());

/** What differs between two answers although nothing happened. */
const lasting = ({ status, text }: Answer): readonly unknown[] => [
  status,
  text.replaceAll(/"(requestId|uptimeSeconds)":("[^"]*"|\d+)/g, '""'),
];

describe.each([true, false])('through a cache (shared: %s)', (isShared) => {
  it('everybody gets what he gets without it, whoever asked before', async () => {
    const cache = createCache({ isShared });
    const wrong: string[] = [];
    for (let round = 0; round < 3; round += 1)
      for (const path of paths)
        for (const person of Object.keys(people)) {
          const headers = { 'x-person': person };
          const [through, direct] = [await cache.get(`${started.url}${path}`, headers), await ask(`${started.url}${path}`, headers)]; // prettier-ignore
          if (JSON.stringify(lasting(through)) !== JSON.stringify(lasting(direct))) wrong.push(`${person} ${path}`);
        }
    expect(wrong).toEqual([]);
    expect(cache.size).toBeGreaterThan(4);
  });
});

it.each(paths)('what %s says to somebody who signed in is stored by no shared cache', async (path) => {
  const { status, headers } = await ask(`${started.url}${path}`, { 'x-person': 'admin' });
  expect([status < 300, /private|no-store/.test(headers['cache-control'] ?? '')]).toEqual([true, true]);
});

it('a field that visitors may no longer read is in no answer, whatever they have stored', async () => {
  const cache = createCache({ isShared: true });
  const team = (shown: readonly string[]) =>
    defineResource({
      name: 'team',
      public: shown,
      schema: z.object({ name: z.string(), role: z.string().optional() }),
    });
  const open = (shown: readonly string[]) =>
    startSync({ store: lowdbStore({ folder: started.folder }), resources: [team(shown)] });
  await started.sync.close();
  const before = await open(['name', 'role']);
  const path = '/api/team/m1';
  expect((await cache.get(`${before.url}${path}`, {})).text).toContain('CTO');
  const etag = (await ask(`${before.url}${path}`, {})).headers.etag ?? '';
  await before.stop();
  const after = await open(['name']);
  const again = await ask(`${after.url}${path}`, { 'if-none-match': etag });
  expect([again.status, again.text.includes('CTO')]).toEqual([200, false]);
  await after.stop();
});

it('what a visitor was shown is a base like what anybody else was shown', async () => {
  const etag = (await ask(`${started.url}/api/team/m1`, {})).headers.etag ?? '';
  await started.send('PUT', '/api/team/m1', { role: 'CEO' }, { 'if-match': '*' });
  const saved = await started.send('PUT', '/api/team/m1', { role: 'COO' }, { 'if-match': etag });
  expect([saved.status, ((await saved.json()) as { code?: string }).code]).toEqual([409, 'CONFLICT']);
});

it('a record that did not change is 304 for a visitor, and for who is signed in', async () => {
  for (const headers of [{}, { 'x-person': 'admin' }] as Record<string, string>[]) {
    const { headers: got } = await ask(`${started.url}/api/team/m1`, headers);
    expect((await ask(`${started.url}/api/team/m1`, { ...headers, 'if-none-match': got.etag ?? '' })).status).toBe(304);
  }
});
