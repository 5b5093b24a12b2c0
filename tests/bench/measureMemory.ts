import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';

/** What is kept in memory, measured between none and this many records. */
const recordCount = 20_000;
const names = ['productServer', 'wholeFileServer'] as const;

/**
 * Measures what 1,000 records cost in memory, after forced garbage collection, against the same records as plain objects
 * of a lowdb array. Ours holds the newest part of the log for readers too, a fixed amount that is spread over the records here.
 */
export async function measureMemory({ rounds }: BenchEffort): Promise<readonly BenchRow[]> {
  const rss: Record<(typeof names)[number], number[]> = { productServer: [], wholeFileServer: [] };
  const heap = await runRounds({
    names,
    // A process is filled once only, so each round starts its own; and what is kept hardly differs from round to round.
    rounds: Math.ceil(rounds / 2),
    async measure(name) {
      const contestant = await startContestant(name, 0);
      try {
        const empty = await contestant.memory();
        await contestant.fill(0, recordCount);
        const full = await contestant.memory();
        rss[name].push(full.rssBytes - empty.rssBytes);
        return full.heapBytes - empty.heapBytes;
      } finally {
        await contestant.stop();
      }
    },
  });
  return [toRow('heap', heap), toRow('resident', rss)];
}

function toRow(kind: string, bytes: Record<(typeof names)[number], readonly number[]>): BenchRow {
  const perThousand = (values: readonly number[]) =>
    `${Math.round(spreadOf(values).median / 1024 / (recordCount / 1000))} KiB`;
  return {
    measure: `memory of 1,000 records, ${kind}; peer: the lowdb array`,
    ours: perThousand(bytes.productServer),
    peer: perThousand(bytes.wholeFileServer),
    ratio: ratioSpread(bytes.productServer, bytes.wholeFileServer),
    goal: 'none',
  };
}
