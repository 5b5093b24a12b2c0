import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { smartMerge, type MergeRoute } from 'backoffice-sync';
import express from 'express';
import { describe, expect, it } from 'vitest';

type Loaded = Record<string, unknown>;

/** Sends one save to a route that loads a record; gives the status and what the handler got. */
async function save(loaded: object, body: object, options: Partial<MergeRoute> = {}, type = 'application/json') {
  const app = express();
  app.use(express.json({ type: ['application/json', 'application/merge-patch+json'] }));
  let got: Loaded = {};
  const protect = smartMerge({ resource: 'team', load: () => loaded, ...options });
  app.put('/api/team/:id', protect, (request, response) => {
    got = request.body as Loaded;
    response.json({});
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': type };
  const answer = await fetch(`http://127.0.0.1:${port}/api/team/1`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
  });
  await answer.text();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { status: answer.status, got };
}

describe('a record of a driver, with types that JSON does not have', () => {
  it('keeps the loaded Date where nothing changed, and gets one for a whole moment', async () => {
    const joined = new Date('2021-01-01');
    const { got } = await save(
      { id: '1', name: 'A', joined, left: new Date(0) },
      { name: 'B', left: '2026-01-02T03:04:05Z' },
    );
    expect(got['joined']).toBe(joined);
    expect(got['left']).toEqual(new Date('2026-01-02T03:04:05Z'));
  });

  it.each(['soon', '1991-06-03', '2026-13-45T00:00:00Z', ''])(
    'gets the text %j for a Date as it was sent',
    async (text) => {
      expect((await save({ id: '1', birthday: new Date(1990, 4, 2) }, { birthday: text })).got['birthday']).toBe(text);
    },
  );

  it('keeps them inside of an object of which another member changed', async () => {
    const contract = { end: new Date('2030-01-01'), department: { id: 7n }, kind: 'x' };
    const { got } = await save({ id: '1', contract }, { contract: { kind: 'y' } });
    expect(got['contract']).toEqual({ ...contract, kind: 'y' });
  });

  it('keeps them in the items of a list that did not change, wherever they stand now', async () => {
    const items = [{ id: 'a', at: new Date(1) }, { id: 'b', at: new Date(2) }]; // prettier-ignore
    const sent = JSON.parse(JSON.stringify(items)) as Loaded[];
    const changed = [{ ...sent[1], text: 'new' }, sent[0], { id: 'c', at: 'soon' }];
    const { got } = await save({ id: '1', items }, { items: changed, $base: { items: sent } });
    expect(got['items']).toEqual([{ id: 'b', at: new Date(2), text: 'new' }, items[0], { id: 'c', at: 'soon' }]);
    expect((got['items'] as Loaded[])[1]).toBe(items[0]);
  });

  it('takes a bigint, at any depth, and gets one for a whole number', async () => {
    const { status, got } = await save({ id: '1', name: 'A', size: 9007199254740993n, of: { id: 1n } }, { name: 'B', size: '9007199254740995' }); // prettier-ignore
    expect(status).toBe(200);
    expect(got).toEqual({ id: '1', name: 'B', size: 9007199254740995n, of: { id: 1n } });
  });

  it('is read through the getters of a document, and never through the methods of every object', async () => {
    class Member {
      readonly #joined = new Date('2021-01-01');
      get joined() {
        return this.#joined;
      }
      toString() {
        return 'a member';
      }
      toJSON() {
        return { id: '1', name: 'A', joined: this.#joined, toString: 'a field' };
      }
    }
    const { got } = await save(new Member(), { name: 'B' });
    expect(got['joined']).toBeInstanceOf(Date);
    expect(got).toMatchObject({ id: '1', name: 'B', toString: 'a field' });
  });

  it('keeps the id and the version of MongoDB', async () => {
    const { got } = await save({ _id: 'x', __v: 0, name: 'A' }, { _id: 'forged', __v: 9, name: 'B' });
    expect(got).toEqual({ _id: 'x', __v: 0, name: 'B' });
  });

  it('leaves a new item of a list with numbers as keys to the database, and gives one among texts a uuid', async () => {
    const rows = [{ id: 1, name: 'a' }];
    const tags = [{ id: 'x', name: 'a' }];
    const { status, got } = await save(
      { id: '1', rows, tags },
      { rows: [...rows, { name: 'b' }], tags: [...tags, { name: 'b' }] },
    );
    expect(status).toBe(200);
    expect(got).toMatchObject({
      rows: [...rows, { name: 'b' }],
      tags: [...tags, { id: expect.stringMatching(/^[\da-f-]{36}$/) as string, name: 'b' }],
    });
    expect((got['rows'] as object[])[1]).toEqual({ name: 'b' });
  });
});

describe('a handler that updates only what changed', () => {
  const only = { body: 'changes' } as const;

  it.each([
    ['$unset', { $unset: ['/phone'], $base: { phone: '01' } }, 'application/json'],
    ['a merge patch', { phone: null }, 'application/merge-patch+json'],
  ])('gets null for a field that %s removes', async (_name, body, type) => {
    expect((await save({ id: '1', name: 'A', phone: '01' }, body, only, type)).got).toEqual({ phone: null });
  });

  it('gets updatedAt in the type that the driver loaded', async () => {
    const { got } = await save({ id: '1', name: 'A', updatedAt: new Date(0) }, { name: 'B' }, only);
    expect(got).toEqual({ name: 'B', updatedAt: expect.any(Date) as Date });
  });
});

it('a conditional save is told what changed, who asks, and the version in the type of the driver', async () => {
  let told: Parameters<NonNullable<MergeRoute['save']>>[1] | null = null;
  const conditional: MergeRoute['save'] = (merged, expectation) => {
    told = expectation;
    return merged;
  };
  const loaded = { id: '1', name: 'A', updatedAt: new Date(5) };
  await save(loaded, { name: 'B' }, { version: 'updatedAt', save: conditional });
  expect(told).toMatchObject({ expectedVersion: loaded.updatedAt, changes: { name: 'B' }, request: { method: 'PUT' } });
});
