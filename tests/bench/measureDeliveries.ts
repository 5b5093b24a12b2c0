import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startWebhookBench } from './startWebhookBench.ts';

const endpoints = 100;

/**
 * Compares deliveries of webhooks per second, and the time from a save to the receiver having it: ours against a bare undici
 * pool that posts the same body, signed beforehand, to the same receiver.
 */
export async function measureDeliveries(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const [many, one] = [
    await startWebhookBench({ living: endpoints, dead: 0 }),
    await startWebhookBench({ living: 1, dead: 0 }),
  ];
  const saves = 20 * effort.seconds;
  const calls = saves * endpoints;
  const perSecond = async (name: 'ours' | 'peer'): Promise<number> =>
    (calls * 1_000) / (await (name === 'ours' ? many.run('save', saves, calls) : many.run('post', calls, calls)));
  const delay = async (name: 'ours' | 'peer'): Promise<number> => {
    const delays: number[] = [];
    for (let n = 0; n < 50 * effort.seconds; n++) delays.push(await one.run(name === 'ours' ? 'save' : 'post', 1, 1));
    return spreadOf(delays).median;
  };
  const names = ['ours', 'peer'] as const;
  try {
    const rates = await runRounds({ names, rounds: effort.rounds, warmUp: perSecond, measure: perSecond });
    const delays = await runRounds({ names, rounds: effort.rounds, warmUp: delay, measure: delay });
    return [
      {
        measure: `webhook deliveries, ${endpoints} endpoints; peer: a bare undici pool`,
        ours: `${Math.round(spreadOf(rates.ours).median)}/s`,
        peer: `${Math.round(spreadOf(rates.peer).median)}/s`,
        ratio: ratioSpread(rates.ours, rates.peer),
        goal: '>= 0.8',
      },
      {
        measure: 'save to webhook received, p50; peer: the bare post',
        ours: `${spreadOf(delays.ours).median.toFixed(1)} ms`,
        peer: `${spreadOf(delays.peer).median.toFixed(1)} ms`,
        ratio: ratioSpread(delays.ours, delays.peer),
        goal: 'none',
      },
    ];
  } finally {
    await Promise.all([many.stop(), one.stop()]);
  }
}

/**
 * Measures what a third of dead endpoints, which take connections and never answer, costs the living ones, and what an idle
 * endpoint costs.
 */
export async function measureDeadThird(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const living = effort.rounds < 5 ? 1_334 : 6_667;
  const dead = Math.floor(living / 2);
  const withDead = await startWebhookBench({ living, dead });
  const without = await startWebhookBench({ living, dead: 0 });
  const told = (bench: typeof without): Promise<number> => bench.run('save', 1, living);
  const perCall = (ms: number): string => `${((ms * 1_000) / living).toFixed(0)} µs`;
  try {
    const first = { ours: await told(withDead), peer: await told(without) };
    // Until every dead one was called in vain once, which takes its 15 seconds.
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    const results = await runRounds({
      names: ['ours', 'peer'],
      rounds: effort.rounds,
      measure: (name) => told(name === 'ours' ? withDead : without),
    });
    const memory = await withDead.memory();
    const of = `${living + dead} endpoints, a third dead; peer: the same living ones alone`;
    const median = (values: readonly number[]): string => perCall(spreadOf(values).median);
    return [
      {
        measure: `a call to a living one, ${of}`,
        ours: median(results.ours),
        peer: median(results.peer),
        ratio: ratioSpread(results.ours, results.peer),
        goal: '<= 1.1',
      },
      {
        measure: 'the same in the moment in which the third dies',
        ours: perCall(first.ours),
        peer: perCall(first.peer),
        ratio: ratioSpread([first.ours], [first.peer]),
        goal: 'none',
      },
      {
        measure: `heap of an idle endpoint, kB; the whole sender ${(memory.heap / 1_048_576).toFixed(0)} MiB`,
        ours: `${(memory.perEndpoint / 1024).toFixed(1)} kB`,
        peer: '1 kB',
        ratio: ratioSpread([memory.perEndpoint / 1024], [1]),
        goal: 'none',
      },
    ];
  } finally {
    await Promise.all([withDead.stop(), without.stop()]);
  }
}
