import type { BenchEffort, BenchRow } from './formatTable.ts';
import { measureSaves } from './measureSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant, type Contestant } from './startContestant.ts';

const sizes = ['100', '20000'] as const;
type Size = (typeof sizes)[number];

/** Each save leaves its record in the log: this many are 30 MB a round. */
const savesPerRound = 100;

/** Measures what a save of a record of 300 kB costs among few and among many other records: what its size costs, and no more. */
export async function measureLargeSaveCost({ rounds }: BenchEffort): Promise<readonly BenchRow[]> {
  const contestants: Partial<Record<Size, Contestant>> = {};
  try {
    for (const size of sizes) contestants[size] = await startContestant('largeRecordServer', Number(size));
    const cost = async (size: Size): Promise<number> => {
      const contestant = contestants[size];
      if (contestant === undefined) throw new Error(`There is no contestant with ${size} records.`);
      const saveOf = (count: number) => ({
        path: '/api/pages/team',
        body: JSON.stringify({ title: `Our team ${count}` }),
      });
      const load = { seconds: 1, connections: 4, spread: 1, amount: savesPerRound, saveOf };
      return (await measureSaves(contestant, load)).cpuMicros / 1000;
    };
    const results = await runRounds({ names: sizes, rounds, warmUp: cost, measure: cost });
    return [
      {
        measure: 'processor time of a save of 300 kB at 20,000 small records; peer: at 100',
        ours: `${spreadOf(results['20000']).median.toFixed(1)} ms`,
        peer: `${spreadOf(results['100']).median.toFixed(1)} ms`,
        ratio: ratioSpread(results['20000'], results['100']),
        goal: 'about 1',
      },
    ];
  } finally {
    await Promise.all(Object.values(contestants).map((contestant) => contestant.stop()));
  }
}
