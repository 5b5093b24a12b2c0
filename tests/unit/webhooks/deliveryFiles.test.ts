import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeliveryDetail } from '../../../backend/log/deliveryLog.ts';
import { createLatestRows } from '../../../backend/stores/lowdb/latestRows.ts';
import { deliveryLimits, openDeliveryFiles } from '../../../backend/stores/lowdb/deliveryFiles.ts';

let folder: string;
let nowMs: number;
const warnings: string[] = [];
const losses: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delivery-files-'));
  nowMs = Date.UTC(2026, 0, 1, 23);
  warnings.length = 0;
  losses.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (at = folder, limits: { readonly [Name in keyof typeof deliveryLimits]?: number } = {}) =>
  openDeliveryFiles({
    folder: at,
    limits: { ...deliveryLimits, ...limits },
    now: () => nowMs,
    onWarning: (message) => void warnings.push(message),
    onLoss: (rows) => void losses.push(rows),
  });

const row = (attempt: number): Omit<DeliveryDetail, 'id'> => ({
  endpoint: 'e1',
  messageId: 'm',
  kind: 'event',
  type: 'team.updated',
  resource: 'team',
  recordId: 'ada',
  versions: [1, 1],
  attempt,
  at: new Date(nowMs).toISOString(),
  durationMs: 1,
  outcome: 'delivered',
  status: 200,
  error: null,
  nextAttemptAt: null,
  shownVersion: null,
  request: { url: 'https://example.com', headers: {}, body: 'é'.repeat(attempt * 40_000), bodyBytes: 0 },
  answer: null,
});

it('a last line that a crash tore is dropped at the start, and what follows stands on a line of its own', async () => {
  const first = await open();
  const whole = first.add(row(1));
  await first.flush();
  const [name = ''] = await readdir(folder);
  await appendFile(join(folder, name), '{"id":"20260101-9","endpo');
  const second = await open();
  expect(warnings.length).toBe(1);
  const later = second.add(row(2));
  expect((await second.list('e1', { limit: 9 })).rows.map(({ id }) => id)).toEqual([later, whole]);
  expect((await second.get('e1', later))?.attempt).toBe(2);
});

it('every day has a file, lists go over all of them, and old days are removed', async () => {
  const log = await open();
  log.add(row(1));
  nowMs += 2 * 3_600_000;
  log.add(row(2));
  nowMs += 24 * 3_600_000;
  log.add(row(3));
  expect((await log.list('e1', { limit: 9 })).rows.map(({ attempt }) => attempt)).toEqual([3, 2, 1]);
  expect((await readdir(folder)).sort()).toEqual(['20260101.jsonl', '20260102.jsonl', '20260103.jsonl']);
  await log.removeBefore(Date.UTC(2026, 0, 2, 5));
  expect((await log.list('e1', { limit: 9 })).rows.map(({ attempt }) => attempt)).toEqual([3, 2]);
});

it('a file that cannot be written is reported, and later rows are found again', async () => {
  const at = join(folder, 'inside');
  const log = await open(at);
  await rm(at, { recursive: true });
  const lost = log.add(row(1));
  await log.flush();
  expect(losses).toEqual([1]);
  const again = await open(at);
  const kept = again.add(row(2));
  expect([(await again.get('e1', kept))?.attempt, lost]).toEqual([2, kept]);
});

it('the newest row of a record is found behind any number of others, each endpoint with its own', async () => {
  const log = await open();
  log.add({ ...row(0), shownVersion: 6 });
  log.add({ ...row(0), shownVersion: 7 });
  log.add({ ...row(0), endpoint: 'e2', shownVersion: 5 });
  for (let n = 0; n < 80; n++) log.add({ ...row(1), recordId: `other${n}` });
  await log.flush();
  const shown = (await log.latestOf('team', 'ada')).map(({ endpoint, shownVersion }) => [endpoint, shownVersion]);
  expect(shown).toEqual([
    ['e1', 7],
    ['e2', 5],
  ]);
});

it('the newest rows that are held have a bound, and those of the record that was told of last stay', () => {
  const latest = createLatestRows(3);
  for (const recordId of ['a', 'b'])
    for (const endpoint of ['e1', 'e2']) latest.note('1', { ...row(1), recordId, endpoint });
  expect([[...latest.of('team', 'a')].length, [...latest.of('team', 'b')].length]).toEqual([0, 2]);
  for (let n = 0; n < 9; n++) latest.note('2', { ...row(1), recordId: 'b', endpoint: `e${n}` });
  expect([...latest.of('team', 'b')].length).toBe(3);
});

const dayMs = 24 * 3_600_000;
const failedText = 'The "outcome":"delivered" of nobody.';
const failed = () => ({ ...row(0), outcome: 'failed', status: 500, error: failedText }) as const;

/** Two days of four attempts, one of which failed, each row with a number of its own. */
async function twoDays(limits: Parameters<typeof open>[1]) {
  const log = await open(folder, limits);
  const ids: string[] = [];
  for (let n = 1; n <= 8; n++) {
    ids.push(log.add({ ...(n % 4 === 2 ? failed() : row(0)), at: new Date(nowMs).toISOString(), attempt: n }));
    await log.flush();
    if (n === 4) nowMs += dayMs;
  }
  return { log, ids };
}
const attempts = async (log: Awaited<ReturnType<typeof open>>) =>
  (await log.list('e1', { limit: 20 })).rows.map(({ attempt }) => attempt);

it('beyond what all files may take the oldest attempts that were taken go, and what failed is found as before', async () => {
  const firstAt = new Date(nowMs).toISOString();
  const { log, ids } = await twoDays({ allBytes: 2_800 });
  expect(await attempts(log)).toEqual([8, 7, 6, 5, 2]);
  expect(await log.get('e1', ids[1] ?? '')).toEqual({ ...failed(), at: firstAt, id: ids[1], attempt: 2 });
  expect(await log.get('e1', ids[0] ?? '')).toBe(null);
  const first = await log.list('e1', { limit: 4 });
  expect((await log.list('e1', { limit: 4, before: first.next ?? '' })).rows.map(({ id }) => id)).toEqual([ids[1]]);
  expect((await log.list('e1', { limit: 4, before: ids[1] ?? '' })).rows).toEqual([]);
  // A crash between the two steps leaves the whole file beside the short one.
  await writeFile(join(folder, '20260101.jsonl'), 'what was there before\n');
  expect(await attempts(await open())).toEqual([8, 7, 6, 5, 2]);
  expect((await readdir(folder)).sort()).toEqual(['20260101.failed.jsonl', '20260102.jsonl']);
});

it('then whole days go, and the day that is written to stays', async () => {
  const { log } = await twoDays({ allBytes: 100 });
  expect(await attempts(log)).toEqual([8, 7, 6, 5]);
  expect(await readdir(folder)).toEqual(['20260102.jsonl']);
});

it('a day that is full of attempts that were taken still takes those that fail, and says it once', async () => {
  const log = await open(folder, { detailedDayBytes: 500, takenDayBytes: 2_000, dayBytes: 4_000 });
  for (let n = 0; n < 20; n++) log.add({ ...row(0), attempt: n });
  const kept = (await attempts(log)).length;
  expect([kept > 2, kept < 10, losses]).toEqual([true, true, [1]]);
  const id = log.add(failed());
  expect((await log.get('e1', id))?.error).toBe(failedText);
  for (let n = 0; n < 20; n++) log.add(failed());
  expect(losses).toEqual([1, 1]);
});

it('after a restart the newest row of a record is found, or it is said from when on rows are known', async () => {
  const log = await open();
  log.add({ ...row(0), at: new Date(nowMs).toISOString() });
  for (let n = 0; n < 20; n++) log.add({ ...row(0), recordId: `o${n}`, at: new Date(nowMs + 1_000).toISOString() });
  await log.flush();
  const near = await open(folder, { latestBytes: 2_000 });
  expect([await near.latestOf('team', 'ada'), near.latestSince?.()]).toEqual([[], nowMs + 1_000]);
  const far = await open();
  expect([(await far.latestOf('team', 'ada')).length, far.latestSince?.()]).toEqual([1, 0]);
  // What comes after is newer than what was read, and needs no file.
  await rm(folder, { recursive: true });
  far.add({ ...row(0), shownVersion: 9 });
  expect((await far.latestOf('team', 'ada')).map(({ shownVersion }) => shownVersion)).toEqual([9]);
});

it('of a day whose attempts that were taken are gone nothing is said to be known', async () => {
  const { log } = await twoDays({ allBytes: 2_800 });
  expect(log.latestSince?.()).toBe(Date.UTC(2026, 0, 2));
});
