import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DeliveryDetail } from '../../../backend/log/deliveryLog.ts';
import { createLatestRows } from '../../../backend/stores/lowdb/latestRows.ts';
import { openDeliveryFiles } from '../../../backend/stores/lowdb/deliveryFiles.ts';

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

const open = (at = folder) =>
  openDeliveryFiles({
    folder: at,
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
