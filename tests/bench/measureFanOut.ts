import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

/** What of ours is compared with sockets of the peer: twenty saves that share a sync, or each with one of its own. */
const ways = [
  { transport: 'websocket', together: 20, goal: '>= 0.9' },
  { transport: 'websocket', together: 1, goal: 'none' },
  { transport: 'sse', together: 20, goal: '>= 0.8' },
  { transport: 'sse', together: 1, goal: 'none' },
] as const;

type Way = (typeof ways)[number];

const paths = { websocket: '/api/sync/ws?resources=members', sse: '/api/sync/stream?resources=members' } as const;

interface FanOut {
  readonly perSecond: number;
  /** Processor time of the server for one delivered event. */
  readonly cpuMicros: number;
}

/**
 * Compares how fast an event reaches a thousand subscribers: ours, which stores each one, projects it and lets everybody come
 * back to it, against a plain broadcast of one buffer of the same size over `ws`.
 */
export async function measureFanOut(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const subscribers = 1_000;
  const events = 20 * effort.seconds;
  const contestants = {
    ours: await startContestant('productServer', 200),
    peer: await startContestant('rawRelayServer', 0),
  };
  const load = startSubscribers();
  /** The size of our event, which the peer's gets too. */
  let bytes = 1_200;

  async function measure(name: 'ours' | 'peer', way: Way): Promise<FanOut> {
    const contestant = contestants[name];
    const transport = name === 'ours' ? way.transport : 'websocket';
    const path = name === 'ours' ? paths[transport] : '/feed';
    await load.open(contestant.url, { path, count: subscribers, transport });
    // Ours says first that it follows; the peer says nothing.
    const greetings = name === 'ours' && transport === 'websocket' ? 1 : 0;
    await load.received(greetings);
    const cpuBefore = await contestant.cpuMicros();
    const startedAt = performance.now();
    const received = load.received(events + greetings);
    await contestant.tell(events, bytes, way.together);
    const size = await received;
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpuMicros = (await contestant.cpuMicros()) - cpuBefore;
    if (name === 'ours' && transport === 'websocket') bytes = size;
    await load.close();
    const delivered = subscribers * events;
    return { perSecond: delivered / seconds, cpuMicros: cpuMicros / delivered };
  }

  try {
    const rows: BenchRow[] = [];
    for (const way of ways) {
      const one = (name: 'ours' | 'peer') => measure(name, way);
      const results = await runRounds({ names: ['ours', 'peer'], rounds: effort.rounds, warmUp: one, measure: one });
      const rate = (of: readonly FanOut[]) => of.map(({ perSecond }) => perSecond);
      const cpu = (of: readonly FanOut[]) => of.map(({ cpuMicros }) => cpuMicros);
      rows.push(
        {
          measure: `events to 1,000 subscribers, ${way.transport}, ${way.together === 1 ? 'each save alone' : `${way.together} saves together`}; peer: one buffer over ws`,
          ours: `${Math.round(spreadOf(rate(results.ours)).median)}/s`,
          peer: `${Math.round(spreadOf(rate(results.peer)).median)}/s`,
          ratio: ratioSpread(rate(results.ours), rate(results.peer)),
          goal: way.goal,
        },
        {
          measure: '  processor time of each',
          ours: `${spreadOf(cpu(results.ours)).median.toFixed(1)} µs`,
          peer: `${spreadOf(cpu(results.peer)).median.toFixed(1)} µs`,
          ratio: ratioSpread(cpu(results.ours), cpu(results.peer)),
          goal: 'none',
        },
      );
    }
    return rows;
  } finally {
    await load.stop();
    await Promise.all(Object.values(contestants).map((contestant) => contestant.stop()));
  }
}
