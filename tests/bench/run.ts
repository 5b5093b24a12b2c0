import { availableParallelism } from 'node:os';
import { ensureBuilt } from '../package/ensureBuilt.ts';
import { formatTable, type BenchEffort, type BenchRow } from './formatTable.ts';
import { measureCatchUp } from './measureCatchUp.ts';
import { measureDatabaseSaves } from './measureDatabaseSaves.ts';
import { measureDelay } from './measureDelay.ts';
import { measureDeadThird, measureDeliveries } from './measureDeliveries.ts';
import { measureDurableSaves } from './measureDurableSaves.ts';
import { measureEngine } from './measureEngine.ts';
import { measureFanOut } from './measureFanOut.ts';
import { measureFollow } from './measureFollow.ts';
import { measureIdle } from './measureIdle.ts';
import { measureLargeSaveCost } from './measureLargeSaveCost.ts';
import { measureMemory } from './measureMemory.ts';
import { measureManyRecords } from './measureManyRecords.ts';
import { measureSaveCost } from './measureSaveCost.ts';
import { measureStart } from './measureStart.ts';
import { measureTargets } from './measureTargets.ts';

/**
 * `npm run bench [-- --quick] [-- saves|file|memory|cost|engine|postgres|start|webhooks|live …]`: prints what the product costs as ratios to simpler servers, and its
 * merge as ratios to other ways to merge.
 *
 * Ratios and never a verdict: a machine that is busy or has a slow disk is so for both sides of a ratio.
 */
const effort: BenchEffort = process.argv.includes('--quick')
  ? { rounds: 3, seconds: 1, warmUpSeconds: 1 }
  : { rounds: 5, seconds: 3, warmUpSeconds: 3 };

const appended = { ...effort, peer: 'appendedLineServer', records: 200, goal: '>= 1' } as const;
const measures: Readonly<Record<string, readonly (() => Promise<BenchRow | readonly BenchRow[]>)[]>> = {
  saves: [
    () =>
      measureDurableSaves({
        ...appended,
        measure: 'saves over 200 records; peer: Express + a synced line',
        spread: 200,
      }),
    () =>
      measureDurableSaves({
        ...appended,
        measure: 'saves of one hot record; peer: Express + a synced line',
        spread: 1,
      }),
  ],
  file: [
    () =>
      measureDurableSaves({
        ...effort,
        measure: 'saves with 5,000 records; peer: Express + the lowdb file',
        peer: 'wholeFileServer',
        records: 5000,
        spread: 200,
        goal: '>= 20',
      }),
  ],
  memory: [() => measureMemory(effort), () => measureManyRecords(effort)],
  cost: [() => measureSaveCost(effort), () => measureLargeSaveCost(effort)],
  engine: [() => measureEngine(effort)],
  postgres: [() => measureDatabaseSaves(effort), () => measureFollow(effort)],
  start: [() => measureStart(effort)],
  webhooks: [() => measureDeliveries(effort), () => measureDeadThird(effort)],
  live: [
    () => measureFanOut(effort),
    () => measureDelay(effort),
    () => measureIdle(effort),
    () => measureCatchUp(effort),
    () => measureTargets(effort),
  ],
};

await ensureBuilt();
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.find((name) => !(name in measures));
if (unknown !== undefined)
  throw new Error(`There is no measure "${unknown}". Known: ${Object.keys(measures).join(', ')}.`);
const rows: BenchRow[] = [];
for (const name of named.length > 0 ? named : Object.keys(measures)) {
  for (const measure of measures[name] ?? []) {
    process.stderr.write(`measuring ${name}…\n`);
    rows.push(...[await measure()].flat());
  }
}
process.stdout.write(`\n${formatTable(rows)}\n`);
// What was measured with, since a ratio depends on the disk and on how many cores share the work.
process.stdout.write(
  `\nNode ${process.version}, ${availableParallelism()} cores, ${effort.rounds} rounds of ${effort.seconds} s, 20 connections; the engine: a tenth of that, in one thread\n`,
);
