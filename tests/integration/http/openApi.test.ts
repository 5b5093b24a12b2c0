import { readFile } from 'node:fs/promises';
import { defineResource } from 'backoffice-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

interface Description {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components: {
    readonly schemas: Readonly<
      Record<string, { properties: Record<string, { writeOnly?: boolean }>; required?: string[] }>
    >;
  };
}

describe('the description of the API', () => {
  let at: Started;
  beforeEach(async () => {
    const tree = z.object({
      name: z.string(),
      hiddenNote: z.string(),
      get children() {
        return z.array(tree);
      },
    });
    const menu = defineResource({ name: 'menu', schema: tree, public: ['name', 'children'] });
    at = await startSync({ resources: [...testResources, menu] });
  });
  afterEach(() => at.stop());
  const described = async (answer: Promise<Response>) => {
    const text = await (await answer).text();
    return { text, ...(JSON.parse(text) as Description) };
  };

  it('tells a visitor of the resources and the fields that he may read, and of no other', async () => {
    const { text, paths, components } = await described(fetch(`${at.url}/api/openapi.json`));
    expect(Object.keys(components.schemas)).toEqual([
      'Problem',
      'settings',
      'team',
      'services',
      'solutions',
      'news',
      'menu',
    ]);
    expect(Object.keys(components.schemas['team']?.properties ?? {})).toEqual(['name', 'role']);
    expect(components.schemas['team']?.required).toEqual(['name']);
    expect(Object.keys(paths).filter((path) => path.startsWith('/mail'))).toEqual([]);
    for (const hidden of ['"mail"', 'employeeId', 'joinDate', 'hiddenNote']) expect(text).not.toContain(hidden);
  });

  it('tells who is signed in of everything, and marks the fields that are never read', async () => {
    const { components } = await described(at.send('GET', '/api/openapi.json'));
    expect(components.schemas['mail']?.properties).toMatchObject({ password: { writeOnly: true } });
    expect(components.schemas['mail']?.properties['host']).not.toHaveProperty('writeOnly');
    expect(Object.keys(components.schemas['team']?.properties ?? {})).toContain('employeeId');
  });

  it('names every route of docs/http.md that is not at the root of the server', async () => {
    const documented = await readFile(new URL('../../../docs/http.md', import.meta.url), 'utf8');
    const rows = documented.split('\n').filter((line) => /^\| `(GET|POST|PUT|PATCH|DELETE|WS)/.test(line));
    const named = rows.flatMap((row) => {
      const methods: string[] = [];
      return [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => {
        const [, method, path] = /^([A-Z]+)?(?: ?(\/\S*))?/.exec(code) ?? [];
        if (method) methods.push(method);
        if (!path?.startsWith('/api/')) return [];
        const route =
          path
            .slice(4)
            .split('?')[0]
            ?.replaceAll(/:(\w+)/g, '{$1}') ?? '';
        return methods.splice(0).map((one) => `${one === 'WS' ? 'get' : one.toLowerCase()} ${route}`);
      });
    });
    const { paths } = await described(at.send('GET', '/api/openapi.json'));
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`),
    );
    expect(named.length).toBeGreaterThan(30);
    const missing = named.filter((one) => !operations.includes(one.replaceAll(/\{\w+\}/g, '{}')));
    // The settings of these tests count nothing.
    expect(missing).toEqual(['post /settings/increment']);
  });

  it.each([
    ['put', '/team/{id}', 'If-Match, Idempotency-Key, Prefer, dryRun'],
    ['post', '/team', 'Idempotency-Key, Prefer, dryRun'],
    ['patch', '/team', 'If-Match, Idempotency-Key, Prefer, dryRun'],
    ['delete', '/team/{id}', 'If-Match, Idempotency-Key, Prefer, dryRun'],
    ['post', '/team/{id}/restore', 'Idempotency-Key, Prefer, dryRun'],
    ['post', '/settings/undo', 'Idempotency-Key, Prefer, dryRun'],
    ['post', '/news/{id}/publish', 'If-Match, Idempotency-Key, Prefer, dryRun'],
    ['post', '/news/{id}/unpublish', 'If-Match, Idempotency-Key, Prefer, dryRun'],
    ['post', '/services/{id}/increment', 'Idempotency-Key (required), Prefer, dryRun'],
  ])('says of %s %s what it takes beside its body', async (method, path, expected) => {
    const { paths } = await described(at.send('GET', '/api/openapi.json'));
    const operations = paths[path] as Record<string, { parameters: { name: string; required?: boolean }[] }>;
    const taken = operations[method]?.parameters.map(({ name, required }) => (required ? `${name} (required)` : name));
    expect(taken?.join(', ')).toBe(expected);
  });
});
