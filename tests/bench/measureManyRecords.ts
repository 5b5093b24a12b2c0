import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';

const records = 100_000;
const names = ['productServer', 'wholeFileServer'] as const;
type Name = (typeof names)[number];

interface Held {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/**
 * Measures what a process holds with 100,000 records of 400 bytes, against the same as plain objects of a lowdb array: where a
 * machine has less memory, that many are not for the embedded store.
 */
export async function measureManyRecords({ rounds }: BenchEffort): Promise<readonly BenchRow[]> {
  const results = await runRounds({
    names,
    // Filling takes longer than measuring, and what is held hardly differs from round to round.
    rounds: Math.ceil(rounds / 3),
    measure: hold,
  });
  const row = (kind: string, read: (held: Held) => number): BenchRow => {
    const bytes = (name: Name) => results[name].map(read);
    const shown = (name: Name) => `${Math.round(spreadOf(bytes(name)).median / 1_048_576)} MiB`;
    return {
      measure: `memory with ${records.toLocaleString('en')} records, ${kind}; peer: the lowdb array`,
      ours: shown('productServer'),
      peer: shown('wholeFileServer'),
      ratio: ratioSpread(bytes('productServer'), bytes('wholeFileServer')),
      goal: 'none',
    };
  };
  return [row('heap', ({ heapBytes }) => heapBytes), row('resident', ({ rssBytes }) => rssBytes)];
}

async function hold(name: Name): Promise<Held> {
  const contestant = await startContestant(name, 0);
  try {
    await contestant.fill(0, records);
    return await contestant.memory();
  } finally {
    await contestant.stop();
  }
}
