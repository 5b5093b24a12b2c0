import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundDatabase } from '../../../backend/stores/postgres/boundDatabase.ts';
import { postgresStore } from '../../../backend/stores/postgres/index.ts';
import type { CommitOutcome, Store } from '../../../backend/stores/store.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { startPartitionProxy, type PartitionProxy } from './startPartitionProxy.ts';

const answerTimeoutMs = 500;
const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)('a node that its database does not answer', () => {
  if (database === null) return;
  let schema: string;
  let line: PartitionProxy;
  let direct: pg.Pool;
  let cut: pg.Pool;
  let silent: Store;
  let other: Store;
  let warnings: string[];

  beforeEach(async () => {
    schema = database.createSchemaName();
    line = await startPartitionProxy(Number(new URL(database.url).port));
    const address = new URL(database.url);
    address.port = String(line.port);
    cut = new pg.Pool({ connectionString: address.href, max: 5 });
    cut.on('error', () => undefined);
    direct = database.createPool(5);
    const options = { schema, safetyPollMs: 100, answerTimeoutMs };
    warnings = [];
    silent = postgresStore({ ...options, pool: cut, onWarning: (warning) => void warnings.push(warning) });
    other = postgresStore({ ...options, pool: direct, lockTimeoutMs: 200 });
    await silent.open();
    await other.open();
  });
  afterEach(async () => {
    await line.close();
    await silent.close();
    await cut.end();
    await other.close();
    await direct.query(`drop schema ${schema} cascade`);
    await direct.end();
  });

  const statusOf = ([outcome]: readonly CommitOutcome[]): string =>
    outcome?.status === 'failed' ? outcome.error.code : (outcome?.status ?? 'none');
  const create = (id: string) => draftWrite(id, { id }, { expectedVersion: 0 });
  const edit = (id: string, version: number) => draftWrite(id, { id, version }, { expectedVersion: version });

  it('refuses a save when its time is over, what comes after it at once, and saves again when the line is whole', async () => {
    await silent.commit([create('a')]);
    // Connections that are made already: those that are being made have a limit of their own.
    await Promise.all(Array.from({ length: 4 }, () => silent.load('team', 'a')));
    line.partition();
    const began = performance.now();
    expect(statusOf(await silent.commit([create('b')]))).toBe('STORE_UNAVAILABLE');
    // The look at what is stored, on a connection that the pool may have to make first.
    expect(performance.now() - began).toBeLessThan(3 * answerTimeoutMs);
    const then = performance.now();
    const refused = await Promise.all(Array.from({ length: 100 }, (_, n) => silent.commit([create(`c${n}`)])));
    expect(new Set(refused.map(statusOf))).toEqual(new Set(['STORE_UNAVAILABLE']));
    await expect(silent.load('team', 'a')).rejects.toMatchObject({ extensions: { retryAfterSeconds: 1 } });
    expect(performance.now() - then).toBeLessThan(answerTimeoutMs);
    line.heal();
    await waitUntil('it saves again', async () => statusOf(await silent.commit([create('d')])) === 'committed');
  });

  it('holds no other node up in the middle of a transaction', async () => {
    await other.commit([create('a')]);
    const holder = await direct.connect();
    await holder.query('begin');
    await holder.query(`select 1 from ${schema}.records where id = 'a' for update`);
    const saving = silent.commit([edit('a', 1)]);
    await waitUntil('it waits for the row in a transaction of its own', async () => {
      const { rows } = await direct.query(`select 1 from pg_locks where locktype = 'transactionid' and not granted`);
      return rows.length > 0;
    });
    line.partition();
    // Now the row is its own, and it never hears of that.
    await holder.query('rollback');
    holder.release();
    expect(statusOf(await saving)).toBe('STORE_UNAVAILABLE');
    await waitUntil(
      'the other node gets the row',
      async () => statusOf(await other.commit([edit('a', 1)])) === 'committed',
      20 * answerTimeoutMs,
    );
  });

  it('hears of what others saved as soon as the line is whole, also where connections stay dead', async () => {
    const sql = `select pid from pg_stat_activity where query = 'listen ${schema}_log'`;
    const listening = async (): Promise<number[]> =>
      (await direct.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid);
    const before = await listening();
    line.partition();
    await other.commit([create('a')]);
    await waitUntil('it says that it is cut off', () => warnings.length > 0);
    line.heal();
    await waitUntil('it has the change', () => silent.log.head() === 1, 10 * answerTimeoutMs);
    await waitUntil('it listens on a new connection', async () =>
      (await listening()).some((pid) => !before.includes(pid)),
    );
  });

  it('goes on when a connection that it holds is ended between two queries', async () => {
    const client = await boundDatabase(direct, answerTimeoutMs).connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await direct.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    const sql = 'select 1 from pg_stat_activity where pid = $1';
    await waitUntil('the connection is gone', async () => (await direct.query(sql, [rows[0]?.pid])).rows.length === 0);
    await expect(client.query('select 1')).rejects.toThrow();
    client.release(true);
  });
});
