import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lowdbStore, postgresStore, type Store } from 'backoffice-sync';
import type { DeliveryDetail, DeliveryLog } from '../../../backend/log/deliveryLog.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { runCli, temporaryFolder } from './runCli.ts';

const database = await startTestDatabase();
const onLoss = (): never => {
  throw new Error('a row was lost');
};

/** An attempt of a minute of 2026, for one of two endpoints. */
function attemptAt(minute: number): Omit<DeliveryDetail, 'id'> {
  return {
    endpoint: minute % 3 === 0 ? 'e2' : 'e1',
    messageId: `msg-${minute}`,
    kind: 'event',
    type: 'team.updated',
    resource: 'team',
    recordId: 'a',
    versions: [minute, minute],
    attempt: 1,
    // Several in one millisecond, and over midnight.
    at: new Date(Date.UTC(2026, 0, 1, 23, 50 + Math.floor(minute / 2))).toISOString(),
    durationMs: 5,
    outcome: minute % 2 === 0 ? 'delivered' : 'failed',
    status: 200,
    error: null,
    nextAttemptAt: null,
    shownVersion: null,
    request: { url: 'https://example.com', headers: { a: 'b' }, body: `body ${minute} é`, bodyBytes: 9 },
    answer: { headers: {}, body: 'ok', bodyBytes: 2 },
  };
}

describe.skipIf(database === null)(`the log of deliveries, with a database on ${database?.version}`, () => {
  if (database === null) return;
  const pool = database.createPool();
  let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
  let schemas: string[];
  beforeEach(async () => {
    temporary = await temporaryFolder();
    schemas = [];
  });
  afterEach(async () => {
    await temporary.remove();
    for (const schema of schemas) await pool.query(`drop schema if exists ${schema} cascade`);
  });
  afterAll(async () => {
    await pool.end();
    await database.stop();
  });

  const newSchema = (): string => {
    const schema = database.createSchemaName();
    schemas.push(schema);
    return schema;
  };
  const inSchema = (schema: string) => ['--database-url', database.url, '--schema', schema];
  const run = async (...words: string[]): Promise<string> => {
    const { code, out, errors } = await runCli(words);
    expect(code, errors).toBe(0);
    return out;
  };

  async function using<Result>(store: Store, use: (log: DeliveryLog) => Promise<Result>): Promise<Result> {
    await store.open();
    try {
      return await use((await store.openDeliveries?.(onLoss)) as DeliveryLog);
    } finally {
      await store.close();
    }
  }
  /** Sixty attempts, written as they are made. */
  async function fill(store: Store): Promise<void> {
    await using(store, async (log) => {
      await store.commit([draftWrite('a', { n: 1 }, { expectedVersion: 0 })]);
      for (let minute = 0; minute < 60; minute += 1) log.add(attemptAt(minute));
      await log.flush();
    });
  }
  /** What an admin sees: every page of both endpoints, with what travelled. */
  async function seen(store: Store): Promise<object[]> {
    return using(store, async (log) => {
      const details: object[] = [];
      for (const endpoint of ['e1', 'e2'])
        for (let before: string | undefined; ;) {
          const { rows, next } = await log.list(endpoint, { limit: 7, ...(before === undefined ? {} : { before }) });
          for (const { id } of rows) {
            const { id: _id, ...detail } = (await log.get(endpoint, id)) as DeliveryDetail;
            details.push(detail);
          }
          if (next === null) break;
          before = next;
        }
      const latest = await log.latestOf('team', 'a');
      return [...details, ...latest.map(({ messageId }) => ({ messageId })).sort((a, b) => (a.messageId < b.messageId ? -1 : 1))]; // prettier-ignore
    });
  }
  const newestFirst = Array.from({ length: 60 }, (_, index) => attemptAt(59 - index));
  const all = [
    ...newestFirst.filter(({ endpoint }) => endpoint === 'e1'),
    ...newestFirst.filter(({ endpoint }) => endpoint === 'e2'),
    { messageId: 'msg-57' },
    { messageId: 'msg-59' },
  ];
  const folderAt = (name: string): Store => lowdbStore({ folder: temporary.at(name) });
  const schemaAt = (schema: string): Store => postgresStore({ pool, schema });

  it('is in a backup of a folder, and comes back in either store, newest first and with what travelled', async () => {
    await fill(folderAt('data'));
    await run('backup', '--data-dir', temporary.at('data'), '--out', temporary.at('backup'));
    const out = await run('restore', temporary.at('backup'), '--data-dir', temporary.at('copy'));
    expect(out).toContain('Restored 1 records, 1 entries and 60 deliveries');
    expect(await seen(folderAt('copy'))).toEqual(all);
    const schema = newSchema();
    await run('restore', temporary.at('backup'), ...inSchema(schema));
    expect(await seen(schemaAt(schema))).toEqual(all);
  });

  it('is in a backup also of the days of which only what failed is kept', async () => {
    await fill(folderAt('data'));
    const days = temporary.at('data/deliveries');
    const [first] = (await readdir(days)).sort();
    const lines = (await readFile(`${days}/${first}`, 'utf8')).split('\n').filter((line) => line.includes('"failed"'));
    await writeFile(`${days}/${first?.replace('.jsonl', '.failed.jsonl')}`, `${lines.join('\n')}\n`);
    const kept = async () => run('backup', '--data-dir', temporary.at('data'), '--out', temporary.at(randomUUID()));
    const [whole] = [await kept()];
    await rm(`${days}/${first}`);
    expect((await kept()).replace(/ to .*: /, '')).toBe(whole.replace(/ to .*: /, ''));
    await run('backup', '--data-dir', temporary.at('data'), '--out', temporary.at('short'));
    const out = await run('restore', temporary.at('short'), '--data-dir', temporary.at('copy'));
    expect(out).toContain('Restored 1 records, 1 entries and 30 deliveries');
  });

  it('is in a backup of a database, and comes back in either store', async () => {
    const schema = newSchema();
    await fill(schemaAt(schema));
    await run('backup', ...inSchema(schema), '--out', temporary.at('backup'));
    await run('restore', temporary.at('backup'), '--data-dir', temporary.at('copy'));
    expect(await seen(folderAt('copy'))).toEqual(all);
    const second = newSchema();
    await run('restore', temporary.at('backup'), ...inSchema(second));
    expect(await seen(schemaAt(second))).toEqual(all);
  });

  it('moves into the database with the rest, below whatever is sent from there', async () => {
    await fill(folderAt('data'));
    const schema = newSchema();
    await run('move', '--from', temporary.at('data'), '--to', database.url, '--schema', schema);
    expect(await seen(schemaAt(schema))).toEqual(all);
    const later = await using(schemaAt(schema), async (log) => {
      log.add({ ...attemptAt(1), messageId: 'later' });
      await log.flush();
      return (await log.list('e1', { limit: 1 })).rows;
    });
    expect(later.map(({ messageId }) => messageId)).toEqual(['later']);
  });
});
