import { WebSocket, type RawData } from 'ws';
import { benchToken } from './contestants/benchToken.ts';
import { sampleId } from './contestants/sampleRecord.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant, type Contestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

interface Delay {
  readonly p50: number;
  readonly p99: number;
}

let saved = 0;

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

  async function measure(name: 'ours' | 'peer'): Promise<Delay> {
    const contestant = contestants[name];
    await load.open(contestant.url, { path: paths[name], count: 99, transport: 'websocket' });
    const socket = new WebSocket(`${contestant.url.replace('http', 'ws')}${paths[name]}`);
    await new Promise((resolve) => socket.once('open', resolve));
    const delays: number[] = [];
    for (let left = 100 * effort.seconds; left > 0; left -= 1) delays.push(await saveAndHear(contestant, socket));
    socket.terminate();
    await load.close();
    delays.sort((a, b) => a - b);
    return { p50: at(delays, 0.5), p99: at(delays, 0.99) };
  }

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

/** Milliseconds from the request to the event that carries its value. */
async function saveAndHear(contestant: Contestant, socket: WebSocket): Promise<number> {
  saved += 1;
  const phone = `+33 2 ${saved} `;
  const startedAt = performance.now();
  const heard = new Promise<number>((resolve) => {
    const listen = (data: RawData): void => {
      if (!String(data).includes(phone)) return;
      socket.off('message', listen);
      resolve(performance.now());
    };
    socket.on('message', listen);
  });
  const answer = await fetch(`${contestant.url}/api/members/${sampleId(saved % 200)}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${benchToken}` },
    body: JSON.stringify({ phone }),
  });
  if (!answer.ok) throw new Error(`A save was refused with ${answer.status}.`);
  await answer.arrayBuffer();
  return (await heard) - startedAt;
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}
