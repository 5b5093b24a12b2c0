import { WebSocket, type RawData } from 'ws';
import { benchToken } from './contestants/benchToken.ts';
import { sampleId } from './contestants/sampleRecord.ts';
import type { Contestant } from './startContestant.ts';
import type { Subscribers } from './startSubscribers.ts';

/** Milliseconds from sending a save to having its event. */
export interface Delay {
  readonly p50: number;
  readonly p99: number;
}

/** Counts all saves of this process, so that none ever repeats a value. */
let saved = 0;

/** Opens a hundred subscribers, saves one after the other, and measures until the last subscriber has each save. */
export async function hearSaves(
  contestant: Contestant,
  load: Subscribers,
  { path, saves }: { readonly path: string; readonly saves: number },
): Promise<Delay> {
  await load.open(contestant.url, { path, count: 99, transport: 'websocket' });
  const socket = new WebSocket(`${contestant.url.replace('http', 'ws')}${path}`);
  await new Promise((resolve) => socket.once('open', resolve));
  const delays: number[] = [];
  for (let left = saves; left > 0; left -= 1) delays.push(await saveAndHear(contestant, socket));
  socket.terminate();
  await load.close();
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) };
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

/** The value below which a part of all are. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
