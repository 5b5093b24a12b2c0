import { startTestDatabase } from '../helpers/postgres.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { measureSaves, type MeasuredSaves } from './measureSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant, type Contestant } from './startContestant.ts';

const sides = ['postgresServer', 'updateServer'] as const;
type Side = (typeof sides)[number];
const [nodeCounts, connectionCounts] = [
  [1, 2, 3],
  [20, 100],
] as const;
const records = 200;

/**
 * Compares acknowledged saves over HTTP in one PostgreSQL: nodes of ours against as many nodes of a bare Express that does one
 * `UPDATE`. Both have the pool that pg makes unless it is told otherwise, and share the machine with the database.
 */
export async function measureDatabaseSaves(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const database = await startTestDatabase();
  if (database === null) throw new Error('There is no PostgreSQL to measure.');
  const nodes: Record<Side, Contestant[]> = { postgresServer: [], updateServer: [] };
  try {
    for (const side of sides) {
      const environment = { BENCH_DATABASE_URL: database.url, BENCH_SCHEMA: database.createSchemaName() };
      for (let node = 0; node < Math.max(...nodeCounts); node += 1)
        nodes[side].push(await startContestant(side, records, environment));
    }
    const rows: BenchRow[] = [];
    for (const connections of connectionCounts) {
      for (const count of nodeCounts) {
        const load = (side: Side, seconds: number) => loadNodes(nodes[side].slice(0, count), { connections, seconds });
        const results = await runRounds({
          names: sides,
          rounds: effort.rounds,
          warmUp: (side) => load(side, effort.warmUpSeconds),
          measure: (side) => load(side, effort.seconds),
        });
        rows.push(...toRows(`${connections} connections, ${count} ${count === 1 ? 'node' : 'nodes'}`, results));
      }
    }
    return rows;
  } finally {
    await Promise.all(sides.flatMap((side) => nodes[side].map((node) => node.stop())));
    await database.stop();
  }
}

/** The nodes share the connections; what they do is added up. */
async function loadNodes(
  nodes: readonly Contestant[],
  load: { readonly connections: number; readonly seconds: number },
): Promise<MeasuredSaves> {
  const connections = Math.round(load.connections / nodes.length);
  const saves = await Promise.all(
    nodes.map((node) => measureSaves(node, { seconds: load.seconds, connections, spread: records })),
  );
  const perSecond = saves.reduce((sum, one) => sum + one.perSecond, 0);
  const cpuMicros = saves.reduce((sum, one) => sum + one.cpuMicros * one.perSecond, 0) / perSecond;
  return { perSecond, cpuMicros };
}

function toRows(where: string, results: Record<Side, readonly MeasuredSaves[]>): readonly BenchRow[] {
  const perSecond = (side: Side) => results[side].map((one) => one.perSecond);
  const cpuMicros = (side: Side) => results[side].map((one) => one.cpuMicros);
  return [
    {
      measure: `saves in PostgreSQL, ${where}; peer: Express + one UPDATE`,
      ours: `${Math.round(spreadOf(perSecond('postgresServer')).median)}/s`,
      peer: `${Math.round(spreadOf(perSecond('updateServer')).median)}/s`,
      ratio: ratioSpread(perSecond('postgresServer'), perSecond('updateServer')),
      goal: '>= 0.9',
    },
    {
      measure: '  processor time of a node for each',
      ours: `${Math.round(spreadOf(cpuMicros('postgresServer')).median)} µs`,
      peer: `${Math.round(spreadOf(cpuMicros('updateServer')).median)} µs`,
      ratio: ratioSpread(cpuMicros('postgresServer'), cpuMicros('updateServer')),
      goal: 'none',
    },
  ];
}
