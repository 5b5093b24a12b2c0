import type { BenchEffort, BenchRow } from './formatTable.ts';
import { measureSaves } from './measureSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant, type Contestant } from './startContestant.ts';

const sizes = ['100', '1000', '20000'] as const;
type Size = (typeof sizes)[number];

/** Measures what one save costs the processor with few and with many records: it grows with the record, never with the database. */
export async function measureSaveCost(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const contestants: Partial<Record<Size, Contestant>> = {};
  try {
    for (const size of sizes) contestants[size] = await startContestant('productServer', Number(size));
    const cost = async (size: Size, seconds: number): Promise<number> => {
      const contestant = contestants[size];
      if (contestant === undefined) throw new Error(`There is no contestant with ${size} records.`);
      return (await measureSaves(contestant, { seconds, connections: 20, spread: 100 })).cpuMicros;
    };
    const results = await runRounds({
      names: sizes,
      rounds: effort.rounds,
      warmUp: (size) => cost(size, effort.warmUpSeconds),
      measure: (size) => cost(size, effort.seconds),
    });
    return sizes.map((size) => ({
      measure: `processor time of a save at ${Number(size).toLocaleString('en')} records; peer: at 100`,
      ours: `${Math.round(spreadOf(results[size]).median)} µs`,
      peer: `${Math.round(spreadOf(results['100']).median)} µs`,
      ratio: ratioSpread(results[size], results['100']),
      goal: 'about 1',
    }));
  } finally {
    await Promise.all(Object.values(contestants).map((contestant) => contestant.stop()));
  }
}
