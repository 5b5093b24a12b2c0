import autocannon from 'autocannon';
import { benchToken } from './contestants/benchToken.ts';
import { sampleId } from './contestants/sampleRecord.ts';
import type { Contestant } from './startContestant.ts';

/** How saves are sent. */
export interface SaveLoad {
  readonly seconds: number;
  readonly connections: number;
  /** Over how many records the saves are spread, evenly over all that there are; 1 is one hot record. */
  readonly spread: number;
  /** Saves instead of seconds, where each is so large that seconds of them would fill a disk. */
  readonly amount?: number;
  /** Which record a save changes, and how; `count` is never the same twice. Default the phone of a member, spread evenly. */
  readonly saveOf?: (count: number) => { readonly path: string; readonly body: string };
}

/** What a load was answered with. */
export interface MeasuredSaves {
  /** Acknowledged saves. */
  readonly perSecond: number;
  /** Processor time of the server for one of them, in microseconds: it says more than the time on a machine that is busy. */
  readonly cpuMicros: number;
}

/** Counts all saves of this process, so that none ever repeats a value: a save that changes nothing would cost nothing. */
let sent = 0;

/**
 * Sends saves for a while and counts those that were acknowledged.
 *
 * Errors  a plain error when one was not acknowledged: a refused save is fast and would look like a good result
 */
export async function measureSaves(contestant: Contestant, load: SaveLoad): Promise<MeasuredSaves> {
  const step = Math.max(1, Math.floor(contestant.records / load.spread));
  const saveOfMember = (count: number) => ({
    path: `/api/members/${sampleId((count % load.spread) * step)}`,
    body: JSON.stringify({ phone: `+33 1 ${count}` }),
  });
  const cpuBefore = await contestant.cpuMicros();
  const result = await autocannon({
    url: contestant.url,
    connections: load.connections,
    ...(load.amount === undefined ? { duration: load.seconds } : { amount: load.amount }),
    requests: [
      {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${benchToken}` },
        setupRequest: (request) => {
          sent += 1;
          return { ...request, ...(load.saveOf ?? saveOfMember)(sent) };
        },
      },
    ],
  });
  if (result.errors + result.non2xx + result.timeouts > 0) {
    throw new Error(`${result.non2xx} saves were refused and ${result.errors} were cut off by ${contestant.url}.`);
  }
  const cpuMicros = (await contestant.cpuMicros()) - cpuBefore;
  return { perSecond: result['2xx'] / result.duration, cpuMicros: cpuMicros / result['2xx'] };
}
