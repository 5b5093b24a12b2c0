import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { commitOne, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

const database = await startTestDatabase();

describe.skipIf(database === null)(`questions that share an answer on ${database?.version}`, () => {
  if (database === null) return;
  let schema: string;
  let pool: pg.Pool;
  let store: Store;
  /** What was asked since the store was opened, and what is held back of it. */
  let asked: string[];
  let gate: Promise<void> | null;

  beforeEach(async () => {
    schema = database.createSchemaName();
    pool = database.createPool();
    store = postgresStore({ pool, schema, safetyPollMs: 3_600_000 });
    await store.open();
    [asked, gate] = [[], null];
    const query = pool.query.bind(pool) as (...parts: unknown[]) => unknown;
    Object.assign(pool, {
      query: async (...parts: unknown[]) => {
        asked.push((parts[0] as { readonly text: string }).text);
        const holding = gate;
        const answer = await query(...parts);
        await holding;
        return answer;
      },
    });
  });
  afterEach(async () => {
    await store.close();
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());
  const about = (table: string) => asked.filter((sql) => sql.includes(`${schema}.${table}`)).length;

  it('fifty records that are wanted at once are two questions, and each gets its own', async () => {
    await store.commit(
      Array.from({ length: 50 }, (_, index) => draftWrite(`m${index}`, { index }, { expectedVersion: 0 })),
    );
    asked = [];
    const names = [...Array.from({ length: 50 }, (_, index) => `m${index}`), 'nobody', 'm7'];
    const loaded = await Promise.all(names.map((id) => store.load('team', id)));
    expect(loaded.map((stored) => stored?.record?.['index'] ?? null)).toEqual([...Array(50).keys(), null, 7]);
    expect(about('records')).toBeLessThanOrEqual(2);
  });

  it('a record that was just read is not read again to be saved', async () => {
    await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
    await store.load('team', 'a');
    asked = [];
    expect((await commitOne(store, draftWrite('a', { n: 2 }, { expectedVersion: 1 }))).status).toBe('committed');
    expect(about('records r')).toBe(1);
    expect(await store.load('team', 'a')).toMatchObject({ version: 2, record: { n: 2 } });
  });

  it('a save of what another node has changed since it was read is stale, and says what is there', async () => {
    const other = postgresStore({ pool, schema });
    await other.open();
    await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
    await store.load('team', 'a');
    await commitOne(other, draftWrite('a', { n: 2 }, { expectedVersion: 1 }));
    const outcome = await commitOne(store, draftWrite('a', { n: 3 }, { expectedVersion: 1 }));
    expect(outcome).toMatchObject({ status: 'stale', stored: { version: 2, record: { n: 2 } } });
    await other.close();
  });

  it('a save of a version that this node has not read is judged by what is there', async () => {
    const other = postgresStore({ pool, schema });
    await other.open();
    await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
    await store.load('team', 'a');
    await commitOne(other, draftWrite('a', { n: 2 }, { expectedVersion: 1 }));
    expect((await commitOne(store, draftWrite('a', { n: 3 }, { expectedVersion: 2 }))).status).toBe('committed');
    await other.close();
  });

  it('readers at one place share a page, but nobody gets one that misses what he was woken for', async () => {
    await commitOne(store, draftWrite('a', { n: 1 }, { expectedVersion: 0 }));
    asked = [];
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const together = [store.log.read(0), store.log.read(0)];
    await waitUntil('the page is asked for', () => about('log') === 1);
    gate = null;
    await commitOne(store, draftWrite('b', { n: 1 }, { expectedVersion: 0 }));
    const late = store.log.read(0);
    open();
    expect((await Promise.all(together)).map((page) => page.head)).toEqual([1, 1]);
    expect((await late).entries.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(about('log where seq >')).toBe(2);
  });
});
