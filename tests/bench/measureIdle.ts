import type { BenchEffort, BenchRow } from './formatTable.ts';
import { hearSaves, type Delay } from './hearSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

interface Idle {
  /** Of one idle socket. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly without: Delay;
  readonly beside: Delay;
}

/** Ours follow what never changes: each save is judged for them, and nothing is sent. */
const paths = {
  productServer: { idle: '/api/sync/ws?resources=members&filter=city=eq.Nowhere', busy: '/api/sync/ws?resources=members' },
  rawRelayServer: { idle: '/idle', busy: '/feed' },
} as const; // prettier-ignore

/**
 * Measures what thousands of idle sockets cost: the memory of one of them, against `ws` alone, and what they cost a hundred
 * others who are told of saves. The server, the idle and the busy ones are processes of their own.
 */
export async function measureIdle(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const idle = effort.seconds === 1 ? 2_000 : 5_000;
  requireOpenFiles(idle + 500);
  const results = await runRounds({
    names: ['productServer', 'rawRelayServer'],
    rounds: Math.min(3, effort.rounds),
    measure: (name) => measure(name, idle, 100 * effort.seconds),
  });
  const { productServer: ours, rawRelayServer: peer } = results;
  const kinds = { heap: 'heapBytes', resident: 'rssBytes' } as const;
  const many = idle.toLocaleString('en');
  return [
    ...Object.entries(kinds).map(([kind, key]) => {
      const [mine, theirs] = [ours.map((one) => one[key]), peer.map((one) => one[key])];
      return {
        measure: `memory of one of ${many} idle sockets, ${kind}; peer: ws alone`,
        ours: `${(spreadOf(mine).median / 1024).toFixed(1)} kB`,
        peer: `${(spreadOf(theirs).median / 1024).toFixed(1)} kB`,
        ratio: ratioSpread(mine, theirs),
        goal: 'none',
      };
    }),
    ...([['ours', ours], ['ws alone', peer]] as const).flatMap(([whose, of]) =>
      (['p50', 'p99'] as const).map((quantile) => {
        const [beside, without] = [of.map((one) => one.beside[quantile]), of.map((one) => one.without[quantile])];
        return {
          measure: `save to one of 100 beside ${many} idle sockets, ${whose}, ${quantile}; peer: without them`,
          ours: `${spreadOf(beside).median.toFixed(1)} ms`,
          peer: `${spreadOf(without).median.toFixed(1)} ms`,
          ratio: ratioSpread(beside, without),
          goal: whose === 'ours' ? 'about 1' : 'none',
        };
      }),
    ),
  ]; // prettier-ignore
}

async function measure(name: keyof typeof paths, idle: number, saves: number): Promise<Idle> {
  const contestant = await startContestant(name, 200);
  const [sleepers, load] = [startSubscribers(), startSubscribers()];
  const { idle: path, busy } = paths[name];
  const hear = (): Promise<Delay> => hearSaves(contestant, load, { path: busy, saves });
  try {
    // What the first save and the first sockets load once is neither delay nor memory of an idle one.
    await hear();
    const without = await hear();
    await sleepers.open(contestant.url, { path, count: 100, transport: 'websocket' });
    const before = await contestant.memory();
    await sleepers.open(contestant.url, { path, count: idle, transport: 'websocket' });
    const after = await contestant.memory();
    return {
      heapBytes: (after.heapBytes - before.heapBytes) / idle,
      rssBytes: (after.rssBytes - before.rssBytes) / idle,
      without,
      beside: await hear(),
    };
  } finally {
    await Promise.all([sleepers.stop(), load.stop()]);
    await contestant.stop();
  }
}

/** Errors  a plain error, before thousands of connections fail one by one for a reason that is hard to see */
function requireOpenFiles(needed: number): void {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } };
  const soft = Number(userLimits?.open_files?.soft ?? Number.NaN);
  if (soft < needed)
    throw new Error(`Only ${soft} files may be open; allow more first, such as \`ulimit -n ${needed}\`.`);
}
