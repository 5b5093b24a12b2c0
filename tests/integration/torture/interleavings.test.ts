import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { defineResource } from 'backoffice-sync';
import type { JsonObject } from '../../../shared/json.ts';
import { apiToken, startSync, type Started } from '../../helpers/startSync.ts';
import { faultsOfRecord, type HistoryLine } from './faultsOfRecord.ts';
import { runInterleavedWriter } from './interleavedWriter.ts';
import { randomNumbers } from './randomNumbers.ts';
import { closeConnections, sendOnce } from './sendOnce.ts';

const interleavings = 2000;
/** Records that are edited at the same time. */
const atOnce = 24;
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

let at: Started;
beforeAll(async () => {
  const text = z.string().optional();
  const docs = defineResource({
    name: 'docs',
    immutable: ['joinDate'],
    counter: ['views'],
    schema: z.object({ title: text, phone: text, city: text, joinDate: text, views: z.number().int().default(7) }),
  });
  at = await startSync({ resources: [docs] });
});
afterAll(async () => {
  closeConnections();
  await at.stop();
});

const headers = { authorization: `Bearer ${apiToken}` };

/** Two to five writers edit one record at the same time; what is wrong with what became of it. */
async function play(number: number): Promise<readonly string[]> {
  const random = randomNumbers(seed * 10_000 + number);
  const collection = `${at.url}/api/docs`;
  const url = `${collection}/d${number}`;
  const fields = { id: `d${number}`, title: 'title', phone: 'phone', city: 'city', joinDate: 'protected' };
  const sending = { ...headers, 'content-type': 'application/json' };
  const created = await sendOnce({ method: 'POST', url: collection, headers: sending, body: JSON.stringify(fields) });
  const count = [2, 2, 3, 3, 4, 5][random.below(6)] ?? 2;
  const writers = Array.from({ length: count }, (_, index) =>
    runInterleavedWriter({
      url,
      token: apiToken,
      name: `${number}${'abcde'[index]}`,
      random: randomNumbers(seed * 100_000 + number * 10 + index),
      edits: 1 + random.below(2),
    }),
  );
  const deeds = (await Promise.all(writers)).flat();
  const read = (path: string) => sendOnce({ method: 'GET', url: `${url}${path}`, headers, body: null });
  const history = (await read('/history?limit=100')).body as unknown as HistoryLine[];
  const final = (await read('')).body as JsonObject;
  return faultsOfRecord({ first: created.body, deeds, history: history.toReversed(), final }).map(
    (fault) => `record ${number}: ${fault}`,
  );
}

it(`in ${interleavings} interleavings over HTTP no acknowledged edit is lost without a word, and no protected field changes`, async () => {
  console.info(`TORTURE_SEED=${seed}`);
  const faults: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < interleavings && faults.length < 20) faults.push(...(await play(next++)));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  expect(faults).toEqual([]);
}, 180_000);
