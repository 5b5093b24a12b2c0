import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/change.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { faultsOfLog, faultsOfReader } from './faultsOfLog.ts';
import { randomNumbers } from './randomNumbers.ts';
import { reportFigures } from './reportFigures.ts';
import { startLoad, type Load } from './startLoad.ts';
import { startNode, type RunningNode } from './startNode.ts';
import { startRoundRobin, type RoundRobin } from './startRoundRobin.ts';

/** How often each thing falls; `TORTURE_KILLS=200` for the long form. */
const long = process.env['TORTURE_KILLS'];
const nodeKills = Number(long ?? 4);
const terminations = Number(long ?? 12);
/** A server process killed with SIGKILL makes all of PostgreSQL recover. Only where the test started it. */
const backendKills = process.env['TEST_DATABASE_URL'] === undefined ? Number(long ?? 2) : 0;
const falls = [
  ...Array.from({ length: nodeKills }, () => 'node' as const),
  ...Array.from({ length: terminations }, () => 'connections' as const),
  ...Array.from({ length: backendKills }, () => 'backend' as const),
];
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const token = 'torture-token-1234';
const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)(
  `a node killed ${nodeKills} times, its connections ended ${terminations} times, PostgreSQL crashed ${backendKills} times (seed ${seed})`,
  () => {
    if (database === null) return;
    const schema = database.createSchemaName();
    const secretKey = randomBytes(32).toString('base64');
    let pool: Pool;
    let node: RunningNode | null = null;
    let balancer: RoundRobin;
    let load: Load;
    let log: readonly Change[] = [];

    async function start(): Promise<void> {
      node = await startNode({
        program: './clusterNode.ts',
        args: [`${database?.url}?application_name=${schema}`, schema, token, secretKey, '10000'],
        portOf: (line) => /^listening (\d+)/.exec(line)?.[1],
      });
    }

    async function killNode(): Promise<void> {
      const killed = node;
      node = null;
      killed?.signal('SIGKILL');
      await killed?.gone;
    }

    /** Asks until there is an answer: after a crash the database may still answer once before it goes down. */
    async function ask(sql: string, values: readonly unknown[]): Promise<readonly { pid: number }[]> {
      let rows: readonly { pid: number }[] = [];
      await waitUntil('PostgreSQL answers', () =>
        pool.query<{ pid: number }>(sql, [...values]).then(
          (result) => ((rows = result.rows), true),
          () => false,
        ),
      );
      return rows;
    }

    /** The connections of the node, as PostgreSQL sees them. */
    async function pids(): Promise<number[]> {
      const rows = await ask('select pid from pg_stat_activity where application_name = $1', [schema]);
      return rows.map(({ pid }) => pid);
    }

    async function crashDatabase(): Promise<void> {
      await waitUntil('one of its server processes is killed', async () => {
        const [pid] = await pids();
        try {
          return pid !== undefined && process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself between the look and the signal.
          return false;
        }
      });
    }

    beforeAll(
      async () => {
        pool = database.createPool(2);
        await start();
        balancer = await startRoundRobin(() => (node === null ? [] : [node.port]));
        load = await startLoad({ url: balancer.url, token, pairs: 1, head: () => database.headOf(schema) });
        const random = randomNumbers(seed);
        for (const fall of falls.toSorted(() => random.below(3) - 1)) {
          await load.more(5 + random.below(30));
          if (fall === 'connections')
            await ask('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [await pids()]);
          else if (fall === 'backend') await crashDatabase();
          else {
            await killNode();
            await start();
          }
        }
        await load.more(20);
        log = await load.finish();
        reportFigures({
          falls: { 'kills of the node': nodeKills, 'ends of its connections': terminations, crashes: backendKills },
          acknowledged: load.acknowledged.length,
          faults: faultsOfLog(log, load.acknowledged),
          gaps: load.readers.flatMap((reader) => faultsOfReader(reader, log)),
        });
      },
      90_000 + falls.length * 5_000,
    );

    afterAll(async () => {
      await killNode();
      await load?.stop();
      await balancer?.close();
      await pool?.end();
    });

    it('answers with success, or with 503 and when to come again', () => {
      expect(load.faults).toEqual([]);
    });

    it('keeps every acknowledged save once, with its values and its version', () => {
      expect(faultsOfLog(log, load.acknowledged)).toEqual([]);
      expect(load.acknowledged.length).toBeGreaterThan(falls.length * 5);
    });

    it('tells every subscriber every change once and in order', () => {
      expect(load.readers.map(({ connections }) => connections > nodeKills / 2)).toEqual([true, true]);
      expect(load.readers.map((reader) => faultsOfReader(reader, log))).toEqual([[], []]);
      expect(load.readers.map(({ resets }) => resets)).toEqual([[], []]);
    });
  },
);
