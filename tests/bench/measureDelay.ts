import type { BenchEffort, BenchRow } from './formatTable.ts';
import { hearSaves, type Delay } from './hearSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

/**
 * Compares the time from sending a save to one of a hundred subscribers having it, in milliseconds: ours against Express that
 * syncs a line and broadcasts it over `ws`.
 */
export async function measureDelay(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const contestants = {
    ours: await startContestant('productServer', 200),
    peer: await startContestant('rawRelayServer', 0),
  };
  const load = startSubscribers();
  const paths = { ours: '/api/sync/ws?resources=members', peer: '/feed' } as const;

  const measure = (name: 'ours' | 'peer'): Promise<Delay> =>
    hearSaves(contestants[name], load, { path: paths[name], saves: 100 * effort.seconds });

  try {
    const results = await runRounds({ names: ['ours', 'peer'], rounds: effort.rounds, warmUp: measure, measure });
    return (['p50', 'p99'] as const).map((quantile) => {
      const of = (delays: readonly Delay[]) => delays.map((delay) => delay[quantile]);
      return {
        measure: `save to subscriber, ${quantile}; peer: a synced line and ws`,
        ours: `${spreadOf(of(results.ours)).median.toFixed(1)} ms`,
        peer: `${spreadOf(of(results.peer)).median.toFixed(1)} ms`,
        ratio: ratioSpread(of(results.ours), of(results.peer)),
        goal: quantile === 'p99' ? '<= 1.5' : 'none',
      };
    });
  } finally {
    await load.stop();
    await Promise.all(Object.values(contestants).map((contestant) => contestant.stop()));
  }
}
