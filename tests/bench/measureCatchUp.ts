import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

/** Who comes back to how much; `isRestarted` after the server was restarted, when nothing of it is in memory. */
interface Crowd {
  readonly clients: number;
  readonly missed: number;
  readonly isRestarted: boolean;
}

/** Compares how fast many clients catch up on what they missed with a server that sends each of them one buffer as often. */
export async function measureCatchUp(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const isQuick = effort.seconds === 1;
  const crowds: readonly Crowd[] = [
    { clients: 200, missed: 200 * effort.seconds, isRestarted: false },
    isQuick
      ? { clients: 200, missed: 2_000, isRestarted: true }
      : { clients: 1_000, missed: 10_000, isRestarted: true },
  ];
  const rows: BenchRow[] = [];
  for (const crowd of crowds) {
    const speeds = await runRounds({
      names: ['productServer', 'rawRelayServer'],
      rounds: Math.min(3, effort.rounds),
      measure: (name) => catchUp(name, crowd),
    });
    const { clients, missed, isRestarted } = crowd;
    const [count, each] = [clients.toLocaleString('en'), missed.toLocaleString('en')];
    const perSecond = (of: readonly number[]) => `${Math.round(spreadOf(of).median)}/s`;
    rows.push({
      measure: `${count} clients catching up ${each} changes each${isRestarted ? ' after a restart' : ''}; peer: one buffer over ws`,
      ours: perSecond(speeds.productServer),
      peer: perSecond(speeds.rawRelayServer),
      ratio: ratioSpread(speeds.productServer, speeds.rawRelayServer),
      goal: 'none',
    });
  }
  return rows;
}

/** Events per second. */
async function catchUp(name: 'productServer' | 'rawRelayServer', crowd: Crowd): Promise<number> {
  const { clients, missed } = crowd;
  const isOurs = name === 'productServer';
  const contestant = await startContestant(name, 200);
  const load = startSubscribers();
  try {
    const cursor = isOurs ? await headOf(contestant.url) : '';
    await contestant.tell(isOurs ? missed : 0, 1_200);
    if (crowd.isRestarted) await contestant.restart();
    const path = isOurs ? `/api/sync/ws?resources=members&since=${cursor}` : `/feed?late=${missed},1200`;
    const startedAt = performance.now();
    await load.open(contestant.url, { path, count: clients, transport: 'websocket' });
    // Ours says first that it follows.
    await load.received(missed + (isOurs ? 1 : 0));
    return (clients * missed * 1_000) / (performance.now() - startedAt);
  } finally {
    await load.stop();
    await contestant.stop();
  }
}

async function headOf(url: string): Promise<string> {
  const { cursor } = (await (await fetch(`${url}/api/sync/status`)).json()) as { cursor: string };
  return cursor;
}
