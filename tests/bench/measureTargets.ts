import { startCuttingProxy } from '../helpers/cuttingProxy.ts';
import { benchToken } from './contestants/benchToken.ts';
import { sampleId } from './contestants/sampleRecord.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { hearSaves, quantile } from './hearSaves.ts';
import { ratioSpread } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

const authorization = `Bearer ${benchToken}`;

/** Milliseconds, or parts of a whole, of one round. */
interface Measured {
  readonly optimistic: number;
  readonly optimisticP99: number;
  readonly live: number;
  readonly reconnect: number;
  readonly cachedLoad: number;
  readonly firstLoad: number;
  readonly hits: number;
  readonly fresh: number;
}

/**
 * Shows what is measured beside the figures that the guides of the product's forerunners promise, as information: these
 * depend on the machine, and there is no peer.
 *
 * Shape  the slowest of a hundred (p99), except for what happens once in a round
 */
export async function measureTargets(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const rounds: Measured[] = [];
  for (let round = 0; round < Math.min(3, effort.rounds); round += 1) {
    const saves = 100 * effort.seconds;
    rounds.push({
      ...(await optimisticMs(saves)),
      live: await liveMs(saves),
      reconnect: await reconnectMs(),
      ...(await cached(saves * 10)),
    });
  }
  const row = (measure: string, name: keyof Measured, target: number, unit: 'ms' | '%'): BenchRow => {
    const values = rounds.map((one) => one[name]);
    const { median } = ratioSpread(values, values.map(() => 1)); // prettier-ignore
    return {
      measure: `${measure}; peer: the target`,
      ours: `${median.toFixed(1)} ${unit}`,
      peer: `${target} ${unit}`,
      ratio: ratioSpread(values, values.map(() => target)), // prettier-ignore
      goal: unit === 'ms' ? '<= 1, information' : '>= 1, information',
    };
  };
  return [
    row('a hook shows an optimistic update, p50', 'optimistic', 1, 'ms'),
    row('a hook shows an optimistic update, p99', 'optimisticP99', 1, 'ms'),
    row('save to one of 100 subscribers, p99', 'live', 150, 'ms'),
    row('save to subscriber in total, p99', 'live', 200, 'ms'),
    row('a cut client is live again', 'reconnect', 3_000, 'ms'),
    row('load of 200 records from the service cache, p99', 'cachedLoad', 80, 'ms'),
    row('the same computed anew, p99', 'firstLoad', 400, 'ms'),
    row('hits of the service cache, one save in 100 reads', 'hits', 85, '%'),
    row('reads right after a save that show it', 'fresh', 100, '%'),
  ];
}

async function optimisticMs(updates: number): Promise<Pick<Measured, 'optimistic' | 'optimisticP99'>> {
  const contestant = await startContestant('productServer', 20);
  // As visitors have it: React's development code is several times slower.
  process.env['NODE_ENV'] = 'production';
  const { openOptimisticPage } = await import('./openOptimisticPage.tsx');
  const page = await openOptimisticPage(contestant.url);
  try {
    const times: number[] = [];
    for (let count = 0; count < updates; count += 1)
      times.push(await page.update(sampleId(count % 20), `+33 3 ${count}`));
    return { optimistic: quantile(times, 0.5), optimisticP99: quantile(times, 0.99) };
  } finally {
    page.close();
    await contestant.stop();
  }
}

async function liveMs(saves: number): Promise<number> {
  const contestant = await startContestant('productServer', 200);
  const load = startSubscribers();
  try {
    return (await hearSaves(contestant, load, { path: '/api/sync/ws?resources=members', saves })).p99;
  } finally {
    await load.stop();
    await contestant.stop();
  }
}

/** The longest of ten cuts. */
async function reconnectMs(): Promise<number> {
  const { createConnection } = await import('backoffice-sync/client');
  const { WebSocket } = await import('ws');
  const contestant = await startContestant('productServer', 1);
  const proxy = await startCuttingProxy(contestant.url);
  const connection = createConnection({ backendUrl: proxy.url, WebSocket: WebSocket as never });
  const reached = (isLive: boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if ((connection.getStatus().state === 'live') !== isLive) return;
        stop();
        resolve();
      };
      const stop = connection.onStatus(look);
      look();
    });
  try {
    connection.follow({ resources: ['members'], onEvent: () => undefined });
    await reached(true);
    let longest = 0;
    for (let cuts = 0; cuts < 10; cuts += 1) {
      const startedAt = performance.now();
      proxy.cutAll();
      await reached(false);
      await reached(true);
      longest = Math.max(longest, performance.now() - startedAt);
    }
    return longest;
  } finally {
    connection.close();
    await proxy.close();
    await contestant.stop();
  }
}

async function cached(reads: number): Promise<Pick<Measured, 'cachedLoad' | 'firstLoad' | 'hits' | 'fresh'>> {
  const contestant = await startContestant('cachedServer', 200);
  try {
    const [kept, computed]: [number[], number[]] = [[], []];
    let fresh = 0;
    for (let read = 0; read < reads; read += 1) {
      const phone = `+33 4 ${read} `;
      const isAfterSave = read % 100 === 0;
      if (isAfterSave) await savePhone(contestant.url, phone);
      const startedAt = performance.now();
      const text = await (await fetch(`${contestant.url}/directory`)).text();
      (isAfterSave ? computed : kept).push(performance.now() - startedAt);
      if (isAfterSave && text.includes(phone)) fresh += 1;
    }
    const answer = await fetch(`${contestant.url}/api/sync/status`, { headers: { authorization } });
    const status = (await answer.json()) as { readonly cache: { readonly hitRate: number } };
    return {
      cachedLoad: quantile(kept, 0.99),
      firstLoad: quantile(computed, 0.99),
      hits: status.cache.hitRate * 100,
      fresh: (fresh * 100) / computed.length,
    };
  } finally {
    await contestant.stop();
  }
}

async function savePhone(url: string, phone: string): Promise<void> {
  const answer = await fetch(`${url}/api/members/${sampleId(1)}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ phone }),
  });
  if (!answer.ok) throw new Error(`A save was refused with ${answer.status}.`);
  await answer.arrayBuffer();
}
