import { postgresStore } from 'backoffice-sync';
import { follow } from '../../backend/log/follow.ts';
import { startTestDatabase, type TestDatabase } from '../helpers/postgres.ts';
import { fillLog } from './fillLog.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';

const pageSize = 256;

/**
 * Compares how fast a reader takes entries of the log in PostgreSQL with a loop that selects the same rows in pages of the same
 * size and looks at nothing: no floor, no epoch, no order of nodes.
 */
export async function measureFollow({ rounds, seconds }: BenchEffort): Promise<readonly BenchRow[]> {
  const database = await startTestDatabase();
  if (database === null) throw new Error('There is no PostgreSQL to measure.');
  const [pool, schema, entries] = [database.createPool(), database.createSchemaName(), 40_000 * seconds];
  const store = postgresStore({ pool, schema });
  try {
    await store.open();
    await fillLog(store, { entries, records: 1_000 });
    const read = {
      follow: async () => {
        const ending = new AbortController();
        const from = { epoch: store.log.epoch, seq: 0 };
        let taken = 0;
        for await (const item of follow({ log: store.log, after: from, signal: ending.signal, pageSize })) {
          if (item.type === 'entry') taken += 1;
          if (taken === entries) ending.abort();
        }
      },
      select: () => selectPages(pool, schema, entries),
    };
    const results = await runRounds({
      names: ['follow', 'select'],
      rounds,
      warmUp: (name) => read[name](),
      async measure(name) {
        const startedAt = performance.now();
        await read[name]();
        return (entries * 1_000) / (performance.now() - startedAt);
      },
    });
    return [
      {
        measure: 'entries that a reader takes from the log in PostgreSQL; peer: SELECT in pages',
        ours: `${Math.round(spreadOf(results.follow).median)}/s`,
        peer: `${Math.round(spreadOf(results.select).median)}/s`,
        ratio: ratioSpread(results.follow, results.select),
        goal: 'none',
      },
    ];
  } finally {
    await store.close();
    await pool.end();
    await database.stop();
  }
}

async function selectPages(
  pool: ReturnType<TestDatabase['createPool']>,
  schema: string,
  entries: number,
): Promise<void> {
  let after = '0';
  for (let taken = 0; taken < entries;) {
    const { rows } = await pool.query<{ readonly seq: string }>(
      `select seq, at, entry from ${schema}.log where seq > $1 order by seq limit $2`,
      [after, pageSize],
    );
    taken += rows.length;
    after = rows.at(-1)?.seq ?? after;
  }
}
