import { readFileSync } from 'node:fs';
import { defineResource } from 'backoffice-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, type Started } from '../../helpers/startSync.ts';

type Axes = Readonly<Record<string, readonly string[]>>;
type Row = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, unknown>>;

interface Expected {
  readonly status: number;
  readonly code?: string;
  readonly outcome?: string;
  readonly receipt?: Readonly<Record<string, string>>;
  readonly stored?: 'mine' | 'not mine';
  readonly record?: Json;
  readonly lacks?: readonly string[];
  readonly contains?: Readonly<Record<string, string>>;
  readonly conflicts?: readonly string[];
  readonly dryRun?: boolean;
}

interface Rule {
  readonly rule: string;
  readonly when: readonly Axes[];
  readonly expect: Expected;
}

interface Table {
  readonly axes: Axes;
  readonly rules: readonly Rule[];
}

interface Single {
  readonly name: string;
  readonly since: string;
  readonly method: string;
  /** `restore` or `undo` of the record. */
  readonly action?: string;
  /** How often the request is sent; the last answer counts. */
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly expect: Expected;
}

interface SaveTable {
  readonly record: Json;
  readonly elsewhere: { readonly name: string; readonly theirs: string };
  readonly fields: Readonly<
    Record<string, { readonly name: string; readonly mine: unknown; readonly theirs: unknown }>
  >;
  readonly saves: Table;
  readonly creates: Table;
  readonly deletes: Table;
  readonly singles: readonly Single[];
}

const table = JSON.parse(readFileSync(new URL('../../fixtures/save.json', import.meta.url), 'utf8')) as SaveTable;

const articles = defineResource({
  name: 'articles',
  schema: z.object({
    title: z.string().min(1),
    note: z.string().optional(),
    rating: z.number().optional(),
    reference: z.string().optional(),
    views: z.number().int().default(0),
    password: z.string().optional(),
  }),
  preserve: ['rating'],
  immutable: ['reference'],
  counter: ['views'],
  secret: ['password'],
});

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  'merge patch': 'application/merge-patch+json',
  'JSON Patch': 'application/json-patch+json',
};
const foreignEtag = '"00000000-0000-7000-8000-000000000000.1"';

/** Every combination of the axes. */
function combinations(axes: Axes): readonly Row[] {
  let rows: readonly Row[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return rows;
}

function rowsOf(axes: Axes, rule: Rule): readonly Row[] {
  return combinations(axes).filter((row) =>
    rule.when.some((when) => Object.entries(when).every(([name, values]) => values.includes(row[name] ?? ''))),
  );
}

const nameOf = (row: Row) => Object.values(row).join(' · ');

/** The fields as a body of the given kind, with what the base adds to it. */
function bodyOf(kind: string, fields: Json, operation: 'add' | 'replace'): unknown {
  if (kind !== 'JSON Patch') return fields;
  return Object.entries(fields).map(([name, value]) => ({
    op: name in table.record || name === 'createdAt' ? operation : 'add',
    path: `/${name}`,
    value,
  }));
}

describe('the table of a save', () => {
  let at: Started;
  let asMachine: Started['send'];
  let asPerson: Started['send'];
  let made = 0;
  beforeAll(async () => {
    at = await startSync({ resources: [articles] });
    asMachine = at.send;
    asPerson = await at.signIn();
  });
  afterAll(() => at.stop());

  const records = () => at.sync.records('articles');
  const overrides = { override: ['rating', 'reference', 'createdAt', 'views'] };

  /** A record of its own at version 1, and what a colleague did since. */
  async function prepare(
    since: string,
    fieldClass = 'plain',
  ): Promise<{ id: string; etag: string; base: Json; before: Json | null }> {
    const id = `case-${++made}`;
    if (since === 'never') return { id, etag: '', base: {}, before: null };
    await records().create({ ...table.record, id }, overrides);
    const read = await asMachine('GET', `/api/articles/${id}`);
    const base = (await read.json()) as Json;
    const field = table.fields[fieldClass];
    if (since === 'elsewhere')
      await records().update(id, { [table.elsewhere.name]: table.elsewhere.theirs }, overrides);
    if (since === 'same' && field && fieldClass === 'counter') await records().increment(id, { [field.name]: 1 });
    else if (since === 'same' && field) await records().update(id, { [field.name]: field.theirs as string }, overrides);
    if (since === 'deleted') await records().delete(id);
    return { id, etag: read.headers.get('etag') ?? '', base, before: await records().get(id) };
  }

  /** What the server did, in the words of the table. */
  async function resultOf(
    answer: Response,
  ): Promise<{ status: number; code?: string; outcome?: string | null; body: Json }> {
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Json;
    if (!answer.ok) return { status: answer.status, code: String(body['code']), body };
    return { status: answer.status, outcome: answer.headers.get('sync-outcome'), body };
  }

  function receiptOf(body: Json): Readonly<Record<string, string>> {
    const receipt = body['$receipt'] as { fields: readonly { path: string; status: string }[] } | undefined;
    return Object.fromEntries((receipt?.fields ?? []).map((line) => [line.path, line.status]));
  }

  /** The request of a row, sent; what it changed, in the words of the table. */
  async function runSave(row: Row): Promise<Json> {
    const { verb = '', base = '', body: kind = '', class: fieldClass = '', since = '' } = row;
    const field = table.fields[fieldClass] ?? { name: '', mine: null };
    const made = await prepare(since, fieldClass);
    const baseFields: Readonly<Record<string, Json>> = {
      values: { $base: made.base },
      version: { version: 1 },
      'version-unknown': { version: 99 },
    };
    const ifMatch: Readonly<Record<string, string>> = { etag: made.etag, 'etag-unknown': foreignEtag, overrule: '*' };
    const answer = await (verb.endsWith('person') ? asPerson : asMachine)(
      verb.split(' ')[0] ?? '',
      `/api/articles/${made.id}`,
      JSON.stringify(bodyOf(kind, { [field.name]: field.mine, ...baseFields[base] }, 'replace')),
      {
        'content-type': mediaTypes[kind] ?? '',
        prefer: 'receipt',
        ...(ifMatch[base] === undefined ? {} : { 'if-match': ifMatch[base] }),
      },
    );
    const { body, ...result } = await resultOf(answer);
    const after = await records().get(made.id);
    return {
      ...result,
      ...(answer.ok ? { receipt: receiptOf(body) } : {}),
      ...(result.code === 'CONFLICT' ? { conflicts: body['conflicts'], current: body['current'] } : {}),
      stored:
        fieldClass === 'secret'
          ? 'secret'
          : after?.[field.name] === field.mine
            ? 'mine'
            : after?.[field.name] === made.before?.[field.name]
              ? 'as it was'
              : 'lost',
      versions: Number(after?.['version']) - Number(made.before?.['version']),
      colleague: after?.[table.elsewhere.name] === made.before?.[table.elsewhere.name] ? 'kept' : 'lost',
      leaks: JSON.stringify(body).includes('secret-') ? 'a secret' : 'nothing',
    };
  }

  function expectedSave(row: Row, expected: Expected): Json {
    const field = table.fields[row['class'] ?? ''] ?? { name: '' };
    const paths: Readonly<Record<string, string>> = { field: `/${field.name}`, elsewhere: `/${table.elsewhere.name}` };
    return {
      status: expected.status,
      ...(expected.code === undefined ? { outcome: expected.outcome } : { code: expected.code }),
      ...(expected.receipt
        ? {
            receipt: Object.fromEntries(
              Object.entries(expected.receipt).map(([name, status]) => [paths[name], status]),
            ),
          }
        : {}),
      ...(expected.code === 'CONFLICT'
        ? {
            conflicts: [
              expect.objectContaining({
                path: paths['field'],
                base: 'base',
                mine: 'mine',
                theirs: 'theirs',
                author: 'server',
              }),
            ],
            current: expect.objectContaining({ title: 'theirs' }),
          }
        : {}),
      stored: row['class'] === 'secret' ? 'secret' : (expected.stored ?? 'as it was'),
      versions: expected.outcome === 'saved' ? 1 : 0,
      colleague: 'kept',
      leaks: 'nothing',
    };
  }

  describe.each([
    ['saves', table.saves],
    ['creates', table.creates],
    ['deletes', table.deletes],
  ] as const)('of %s', (_name, { axes, rules }) => {
    it('decides every combination, and each once', () => {
      const times = new Map(combinations(axes).map((row) => [nameOf(row), 0]));
      for (const rule of rules) {
        for (const row of rowsOf(axes, rule)) times.set(nameOf(row), (times.get(nameOf(row)) ?? 0) + 1);
      }
      expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
    });
  });

  it.each(table.saves.rules.map((rule) => [rule.rule, rule] as const))('PUT and PATCH: %s', async (_name, rule) => {
    const rows = rowsOf(table.saves.axes, rule);
    const results = await Promise.all(rows.map(async (row) => [nameOf(row), await runSave(row)] as const));
    expect(results).toEqual(rows.map((row) => [nameOf(row), expectedSave(row, rule.expect)]));
  });

  it.each(table.creates.rules.map((rule) => [rule.rule, rule] as const))('POST: %s', async (_name, rule) => {
    for (const row of rowsOf(table.creates.axes, rule)) {
      const { verb = '', body: kind = '', class: fieldClass = '' } = row;
      const field = table.fields[fieldClass] ?? { name: '', mine: null };
      const fields = { title: 'mine', [field.name]: field.mine };
      const answer = await (verb.endsWith('person') ? asPerson : asMachine)(
        'POST',
        '/api/articles',
        JSON.stringify(bodyOf(kind, fields, 'add')),
        {
          'content-type': mediaTypes[kind] ?? '',
          prefer: 'receipt',
        },
      );
      const { body, ...result } = await resultOf(answer);
      const { status, code, outcome, receipt, stored } = rule.expect;
      expect([nameOf(row), result]).toEqual([nameOf(row), code === undefined ? { status, outcome } : { status, code }]);
      if (!answer.ok) continue;
      expect([nameOf(row), receiptOf(body)]).toEqual([
        nameOf(row),
        { '/title': 'applied', ...(receipt ? { [`/${field.name}`]: receipt['field'] } : {}) },
      ]);
      expect(JSON.stringify(body)).not.toContain('secret-');
      expect(answer.headers.get('location')).toBe(`/api/articles/${String(body['id'])}`);
      if (stored !== undefined)
        expect([nameOf(row), body[field.name] === field.mine ? 'mine' : 'not mine']).toEqual([nameOf(row), stored]);
    }
  });

  it.each(table.deletes.rules.map((rule) => [rule.rule, rule] as const))('DELETE: %s', async (_name, rule) => {
    for (const row of rowsOf(table.deletes.axes, rule)) {
      const { verb = '', base = '', since = '' } = row;
      const made = await prepare(since);
      const ifMatch: Readonly<Record<string, string>> = { etag: made.etag, 'etag-unknown': foreignEtag, overrule: '*' };
      const bodies: Readonly<Record<string, Json>> = { values: { $base: made.base }, version: { version: 1 } };
      const headers: Record<string, string> = ifMatch[base] === undefined ? {} : { 'if-match': ifMatch[base] };
      const answer = await (verb.endsWith('person') ? asPerson : asMachine)(
        'DELETE',
        `/api/articles/${made.id}`,
        bodies[base],
        headers,
      );
      const { body, ...result } = await resultOf(answer);
      const { status, code, outcome } = rule.expect;
      expect([nameOf(row), result]).toEqual([nameOf(row), code === undefined ? { status, outcome } : { status, code }]);
      expect([nameOf(row), await records().get(made.id)]).toEqual([
        nameOf(row),
        outcome === 'deleted' ? null : made.before,
      ]);
      if (code === 'CONFLICT') {
        const path = since === 'same' ? '/title' : `/${table.elsewhere.name}`;
        expect(body['conflicts']).toMatchObject([{ path, base: 'base', theirs: 'theirs', author: 'server' }]);
      }
    }
  });

  it.each(table.singles.map((one) => [one.name, one] as const))('%s', async (_name, single) => {
    const { method, action, body, expect: expected } = single;
    const made = await prepare(single.since);
    const fill = (text: string): string => text.replaceAll('<etag 1>', made.etag).replaceAll('<id>', made.id);
    const headers = Object.fromEntries(
      Object.entries({ prefer: 'receipt', 'content-type': 'application/json', ...single.headers }).map(
        ([name, value]) => [name, fill(value)],
      ),
    );
    const target = action === undefined ? (method === 'POST' ? '' : `/${made.id}`) : `/${made.id}/${action}`;
    const path = `/api/articles${target}${expected.dryRun ? '?dryRun=1' : ''}`;
    const send = () => asMachine(method, path, body === undefined ? undefined : fill(JSON.stringify(body)), headers);
    for (let time = 1; time < (single.times ?? 1); time++) await send();
    const answer = await send();
    const { body: told, ...result } = await resultOf(answer);
    const { status, code, outcome, receipt, contains, record, lacks, conflicts, dryRun } = expected;
    expect(result).toEqual(code === undefined ? { status, outcome } : { status, code });
    if (receipt) expect(receiptOf(told)).toEqual(receipt);
    if (contains) expect(receiptOf(told)).toMatchObject(contains);
    if (record) expect(told).toMatchObject(record);
    for (const name of lacks ?? []) expect(told).not.toHaveProperty(name);
    if (conflicts)
      expect((told['conflicts'] as readonly { path: string }[]).map((conflict) => conflict.path)).toEqual(conflicts);
    if (method === 'POST' && action === undefined && status === 201)
      expect(answer.headers.get('location')).toBe(`/api/articles/${String(told['id'])}`);
    if (dryRun || code !== undefined) expect(await records().get(made.id)).toEqual(made.before);
  });
});
