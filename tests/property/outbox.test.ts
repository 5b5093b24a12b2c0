import { describe, expect, it } from 'vitest';
import { runOutboxSchedule } from './runOutboxSchedule.ts';

const runs = Number(process.env['OUTBOX_RUNS'] ?? 400);
const seed = Number(process.env['OUTBOX_SEED'] ?? 1);

/** Schedules that went wrong once; their number also says how many steps they have. */
const once = [103272, 105096, 105316, 105367, 105422, 105474, 211244, 230722];

/** Plays schedules until one goes wrong, which is then named by its seed. */
async function firstFault(isRough: boolean): Promise<string | null> {
  const seeds = [...once, ...Array.from({ length: runs }, (_, at) => seed + at)];
  for (const at of seeds) {
    const faults = await runOutboxSchedule(at, { steps: 8 + (at % 25), isRough });
    if (faults.length > 0) return `seed ${at}: ${faults.join('; ')}`;
  }
  return null;
}

describe('an outbox under random edits, lost answers, dead tabs, ended sessions and wrong clocks', () => {
  it('loses no edit, stores none twice, and ends empty or with a reason that is shown', async () => {
    expect(await firstFault(true)).toBeNull();
  });

  it('never brings a person into conflict with himself', async () => {
    expect(await firstFault(false)).toBeNull();
  });
});
