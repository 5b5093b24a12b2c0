import { fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { lowdbStore, postgresStore } from 'backoffice-sync';
import { startTestDatabase } from '../helpers/postgres.ts';
import { sampleRecord } from './contestants/sampleRecord.ts';
import { fillLog } from './fillLog.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';

interface Start {
  readonly ms: number;
  readonly peakBytes: number;
}

const names = ['lowdb', 'lowdbFew', 'lines', 'postgres', 'postgresFew'] as const;
type Name = (typeof names)[number];

const few = 10_000;
const records = 10_000;

/**
 * Measures how long a start takes with a long log: 1,000,000 entries of 10,000 records, with `--quick` a tenth of that.
 *
 * The peer of the embedded store reads as many lines back that each are one save. In PostgreSQL nothing has to be read: the
 * peer is the same start with a hundredth of the log.
 */
export async function measureStart({ rounds, seconds }: BenchEffort): Promise<readonly BenchRow[]> {
  const entries = seconds === 1 ? 100_000 : 1_000_000;
  const data = fileURLToPath(new URL('../artifacts/bench/', import.meta.url));
  await mkdir(data, { recursive: true });
  const folder = await mkdtemp(join(data, 'start-'));
  const database = await startTestDatabase();
  if (database === null) throw new Error('There is no PostgreSQL to measure.');
  const pool = database.createPool();
  const schemas = { postgres: database.createSchemaName(), postgresFew: database.createSchemaName() };
  try {
    for (const [name, count] of [
      ['lowdb', entries],
      ['lowdbFew', few],
      ['postgres', entries],
      ['postgresFew', few],
    ] as const) {
      // prettier-ignore
      const isFolder = name === 'lowdb' || name === 'lowdbFew';
      const store = isFolder
        ? lowdbStore({ folder: join(folder, name) })
        : postgresStore({ pool, schema: schemas[name] });
      await store.open();
      await fillLog(store, { entries: count, records });
      await store.close();
    }
    await writeLines(join(folder, 'lines'), entries);
    const run = (name: Name): Promise<Start> => {
      const [kind = ''] = name.split('Few');
      const schema = name === 'postgres' || name === 'postgresFew' ? schemas[name] : '';
      return start([kind, join(folder, name)], { BENCH_DATABASE_URL: database.url, BENCH_SCHEMA: schema });
    };
    const results = await runRounds({ names, rounds: Math.min(3, rounds), warmUp: run, measure: run });
    const count = entries.toLocaleString('en');
    return [
      toRow(`start of the embedded store with ${count} entries; peer: reading as many lines`, results, [
        'lowdb',
        'lines',
      ]),
      toRow(`  the same; peer: with ${few.toLocaleString('en')} entries`, results, ['lowdb', 'lowdbFew']),
      toRow(`start in PostgreSQL with ${count} entries; peer: with ${few.toLocaleString('en')}`, results, ['postgres', 'postgresFew']), // prettier-ignore
      toMemoryRow('  memory at most: embedded; peer: reading as many lines', results, ['lowdb', 'lines']),
      toMemoryRow('  memory at most: PostgreSQL; peer: the embedded store', results, ['postgres', 'lowdb']),
    ];
  } finally {
    await pool.end();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeLines(folder: string, count: number): Promise<void> {
  await mkdir(folder);
  const file = createWriteStream(join(folder, 'saves.jsonl'));
  for (let number = 0; number < count; number += 1) {
    const line = `${JSON.stringify({ ...sampleRecord(number % records), phone: `+33 1 ${number}` })}\n`;
    if (!file.write(line)) await new Promise<void>((resolve) => file.once('drain', () => resolve()));
  }
  file.end();
  await finished(file);
}

async function start(parameters: readonly string[], environment: Readonly<Record<string, string>>): Promise<Start> {
  const path = fileURLToPath(new URL('./contestants/startProbe.ts', import.meta.url));
  const child = fork(path, [...parameters], { execArgv: ['--import', 'tsx'], env: { ...process.env, ...environment } });
  return new Promise<Start>((resolve, reject) => {
    let answer: Start | null = null;
    child.once('message', (message) => (answer = message as Start));
    child.once('exit', (code) => (answer ? resolve(answer) : reject(new Error(`The start ended with ${code}.`))));
  });
}

type Results = Record<Name, readonly Start[]>;

function toRow(measure: string, results: Results, [ours, peer]: readonly [Name, Name]): BenchRow {
  const ms = (name: Name) => results[name].map((one) => one.ms);
  const shown = (name: Name) => `${(spreadOf(ms(name)).median / 1_000).toFixed(2)} s`;
  return { measure, ours: shown(ours), peer: shown(peer), ratio: ratioSpread(ms(ours), ms(peer)), goal: 'none' };
}

function toMemoryRow(measure: string, results: Results, [ours, peer]: readonly [Name, Name]): BenchRow {
  const bytes = (name: Name) => results[name].map((one) => one.peakBytes);
  const shown = (name: Name) => `${Math.round(spreadOf(bytes(name)).median / 1_048_576)} MiB`;
  return { measure, ours: shown(ours), peer: shown(peer), ratio: ratioSpread(bytes(ours), bytes(peer)), goal: 'none' };
}
