import type pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow } from '../../../backend/log/follow.ts';
import { commitStatement, commitValues } from '../../../backend/stores/postgres/commitStatement.ts';
import { postgresStore, type PostgresStoreOptions } from '../../../backend/stores/postgres/index.ts';
import { pruneLog } from '../../../backend/stores/postgres/pruneLog.ts';
import type { ChangeWrite, CommitOutcome, Store } from '../../../backend/stores/store.ts';
import { draftKey, draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';

const database = await startTestDatabase();
const hourMs = 3_600_000;
const waitOptions = { timeout: 10_000, interval: 10 };

describe.skipIf(database === null)(`several writers on ${database?.version}`, () => {
  if (database === null) return;
  let schema: string;
  let pool: pg.Pool;
  let nodes: Store[];

  beforeEach(() => {
    schema = database.createSchemaName();
    pool = database.createPool();
    nodes = [];
  });
  afterEach(async () => {
    for (const node of nodes) await node.close();
    await pool.query(`drop schema ${schema} cascade`);
    await pool.end();
  });
  afterAll(() => database.stop());

  async function openNode(options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
    const node = postgresStore({
      pool,
      schema,
      safetyPollMs: hourMs,
      lockTimeoutMs: hourMs,
      onWarning: () => undefined,
      ...options,
    });
    await node.open();
    nodes.push(node);
    return node;
  }
  const create = (id: string): ChangeWrite => draftWrite(id, { id }, { expectedVersion: 0 });
  const statusOf = (outcome: CommitOutcome | undefined): string =>
    outcome?.status === 'failed' ? outcome.error.code : (outcome?.status ?? 'none');
  const idsOf = async (node: Store): Promise<string[]> =>
    (await node.log.read(0, 10_000)).entries.map((entry) => (entry.kind === 'change' ? entry.id : entry.kind));

  /** The statement of a save in a transaction that stays open, as a node does it that is slow at this moment. */
  async function openTransaction(write: ChangeWrite): Promise<pg.PoolClient> {
    const client = await pool.connect();
    await client.query('begin');
    const { rows } = await client.query(
      commitStatement(schema),
      commitValues([{ write, json: JSON.stringify(write.entry), stored: null }]),
    );
    expect(rows.length).toBe(1);
    return client;
  }

  it('a transaction that commits late loses no entry for a reader that is ahead of it', async () => {
    const node = await openNode();
    const reader = follow({
      log: node.log,
      after: { epoch: node.log.epoch, seq: 0 },
      signal: new AbortController().signal,
      safetyPollMs: 5,
    });
    const slow = await openTransaction(create('slow'));
    const saving = node.commit([create('fast')]);
    // With numbers taken before the lock, `fast` would commit here with place 2, and a reader at 2 never comes back for 1.
    await vi.waitFor(async () => {
      const { rows } = await pool.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`);
      expect(rows.length).toBe(1);
    }, waitOptions);
    expect(await idsOf(node)).toEqual([]);
    await slow.query('commit');
    slow.release();
    expect(statusOf((await saving)[0])).toBe('committed');
    const read = [await reader.next(), await reader.next()].map(({ value }) => value);
    expect(read).toMatchObject([{ entry: { id: 'slow', seq: 1 } }, { entry: { id: 'fast', seq: 2 } }]);
  });

  it('a transaction that is rolled back leaves neither an entry nor a hole', async () => {
    const node = await openNode();
    const slow = await openTransaction(create('never'));
    const saving = node.commit([create('kept')]);
    await slow.query('rollback');
    slow.release();
    expect(await saving).toMatchObject([{ status: 'committed', entry: { seq: 1 } }]);
    expect(await node.load('team', 'never')).toBe(null);
  });

  it('a row that another program holds stops nobody else, and its own save ends when it is free', async () => {
    const node = await openNode();
    await node.commit(['a', 'b', 'c'].map(create));
    const other = await pool.connect();
    await other.query('begin');
    await other.query(`select 1 from ${schema}.records where id = 'b' for update`);
    const saves = ['a', 'b', 'c'].map((id) => node.commit([draftWrite(id, { id, n: 2 }, { expectedVersion: 1 })]));
    expect((await Promise.all([saves[0], saves[2]])).map((outcomes) => statusOf(outcomes?.[0]))).toEqual([
      'committed',
      'committed',
    ]);
    expect(statusOf((await node.commit([create('d')]))[0])).toBe('committed');
    expect((await node.load('team', 'b'))?.version).toBe(1);
    await other.query('commit');
    other.release();
    expect(statusOf((await saves[1])?.[0])).toBe('committed');
  });

  it('a row that stays held is said to be busy, and what waited behind it in the batch is decided after it', async () => {
    const node = await openNode({ lockTimeoutMs: 100 });
    await node.commit([create('a')]);
    const other = await pool.connect();
    await other.query('begin');
    await other.query(`select 1 from ${schema}.records where id = 'a' for update`);
    const outcomes = node.commit([
      draftWrite('a', { n: 2 }, { expectedVersion: 1 }),
      draftWrite('z', { n: 1 }, { expectedVersion: 0 }),
      draftWrite('a', { n: 3 }, { expectedVersion: 2 }),
    ]);
    await vi.waitFor(async () => expect((await node.load('team', 'z'))?.version).toBe(1), waitOptions);
    const ended = await outcomes;
    await other.query('rollback');
    other.release();
    expect([statusOf(ended[0]), statusOf(ended[1])]).toEqual(['SAVE_BUSY', 'committed']);
    expect(['SAVE_BUSY', 'stale']).toContain(statusOf(ended[2]));
    expect((await node.load('team', 'a'))?.version).toBe(1);
  });

  it('one write that the database refuses takes no other with it', async () => {
    const node = await openNode();
    await pool.query(`alter table ${schema}.records add check (id <> 'bad')`);
    const outcomes = await node.commit(['a', 'bad', 'c'].map(create));
    expect(outcomes.map(statusOf)).toEqual(['committed', 'STORE_UNAVAILABLE', 'committed']);
    expect((await idsOf(node)).sort()).toEqual(['a', 'c']);
  });

  it('a creation whose key was used by another node at the same moment is not stored', async () => {
    const [first, second] = [await openNode(), await openNode()];
    const key = draftKey('k');
    const holder = await openTransaction({ ...draftWrite('a', {}, { expectedVersion: 0, key }) });
    const saving = second.commit([draftWrite('b', {}, { expectedVersion: 0, key })]);
    await vi.waitFor(async () => {
      const { rows } = await pool.query(`select 1 from pg_locks where locktype = 'transactionid' and not granted`);
      expect(rows.length).toBeGreaterThan(0);
    }, waitOptions);
    await holder.query('commit');
    holder.release();
    expect(await saving).toEqual([{ status: 'repeated', saved: key }]);
    expect(await first.load('team', 'b')).toBe(null);
    expect(await idsOf(first)).toEqual(['a']);
  });

  it('two nodes that save the same records in opposite orders lose nothing and never wait for each other in a circle', async () => {
    const both = [await openNode(), await openNode()];
    const ids = Array.from({ length: 8 }, (_, n) => `r${n}`);
    await both[0]?.commit(ids.map(create));
    const saveAll = async (node: Store, order: readonly string[]): Promise<number> => {
      let committed = 0;
      for (let round = 0; round < 12; round += 1) {
        const stored = await Promise.all(order.map((id) => node.load('team', id)));
        const batch = order.map((id, n) => draftWrite(id, { id, round }, { expectedVersion: stored[n]?.version ?? 0 }));
        const statuses = (await node.commit(batch)).map(statusOf);
        expect(statuses.filter((status) => status !== 'committed' && status !== 'stale')).toEqual([]);
        committed += statuses.filter((status) => status === 'committed').length;
      }
      return committed;
    };
    const counts = await Promise.all([saveAll(both[0] as Store, ids), saveAll(both[1] as Store, [...ids].reverse())]);
    const versions = (await (both[0] as Store).list('team')).map(({ version }) => version);
    const total = (counts[0] ?? 0) + (counts[1] ?? 0) + ids.length;
    expect(versions.reduce((sum, version) => sum + version, 0)).toBe(total);
    expect((await idsOf(both[1] as Store)).length).toBe(total);
  });

  it('a save on one node wakes the readers of another', async () => {
    const [first, second] = [await openNode(), await openNode()];
    const reader = follow({
      log: second.log,
      after: { epoch: second.log.epoch, seq: 0 },
      signal: new AbortController().signal,
      safetyPollMs: hourMs,
    });
    const item = reader.next();
    await first.commit([create('a')]);
    expect((await item).value).toMatchObject({ entry: { id: 'a' } });
  });

  it('a node that lost its listening connection listens again', async () => {
    const [first, second] = [await openNode(), await openNode({ safetyPollMs: 20 })];
    const findListeners = async (): Promise<number[]> => {
      const sql = `select pid from pg_stat_activity where query = 'listen ${schema}_log' and pid <> pg_backend_pid()`;
      return (await pool.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid);
    };
    const before = await findListeners();
    expect(before.length).toBe(2);
    for (const pid of before) await pool.query('select pg_terminate_backend($1)', [pid]);
    await vi.waitFor(
      async () => expect((await findListeners()).some((pid) => !before.includes(pid))).toBe(true),
      waitOptions,
    );
    await first.commit([create('a')]);
    await vi.waitFor(() => expect(second.log.head()).toBe(1), waitOptions);
  });

  it('data that was restored into another database gets a new epoch, and every version is lifted', async () => {
    const node = await openNode();
    await node.commit([create('a'), create('b')]);
    await node.commit([draftWrite('b', null, { expectedVersion: 1, before: { id: 'b' } })]);
    const before = await node.load('team', 'a');
    // Kept now: the first node follows the data, and is on the new epoch as soon as it hears of the next save.
    const { epoch } = node.log;
    // What the data says after pg_restore: the place where it was made is not this one.
    await pool.query(`update ${schema}.meta set identity = 'another cluster'`);
    const restored = await openNode();
    expect(restored.log.epoch > epoch).toBe(true);
    const lifted = await restored.load('team', 'a');
    expect([lifted?.version, lifted?.record, lifted?.authors]).toEqual([1_000_000, { id: 'a' }, before?.authors]);
    expect((await restored.load('team', 'b'))?.version).toBe(1_000_000);
    expect((await restored.log.version('team', 'a', 1_000_000))?.record).toEqual({ id: 'a' });
    expect(statusOf((await restored.commit([draftWrite('a', { n: 2 }, { expectedVersion: 1_000_000 })]))[0])).toBe(
      'committed',
    );
    const reader = follow({
      log: restored.log,
      after: { epoch, seq: 0 },
      signal: new AbortController().signal,
    });
    expect((await reader.next()).value).toMatchObject({ type: 'reset', reason: 'epoch' });
    expect((await openNode()).log.epoch).toBe(restored.log.epoch);
  });

  it('old entries that are not among the last versions are removed, and the floor rises over them', async () => {
    const node = await openNode();
    for (let n = 0; n < 5; n += 1) await node.commit([draftWrite('a', { n }, { expectedVersion: n })]);
    await pruneLog({ pool, schema, keptVersions: 2, olderThan: Date.now() + hourMs, messagesOlderThan: 0 });
    const page = await node.log.read(0);
    expect([page.floor, page.head, page.entries.map(({ seq }) => seq)]).toEqual([3, 5, [4, 5]]);
    expect((await node.log.history('team', 'a', { limit: 9 })).map(({ version }) => version)).toEqual([5, 4]);
  });

  it('many nodes may open at the same moment', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openNode()));
    expect(new Set(opened.map(({ log }) => log.epoch)).size).toBe(1);
  });
});
