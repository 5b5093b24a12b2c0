import { describe, expect, it } from 'vitest';
import { runOutboxSchedule } from './runOutboxSchedule.ts';

const runs = Number(process.env['OUTBOX_RUNS'] ?? 400);
const seed = Number(process.env['OUTBOX_SEED'] ?? 1);

/** Plays schedules until one goes wrong, which is then named by its seed. */
async function firstFault(isRough: boolean): Promise<string | null> {
  for (let at = seed; at < seed + runs; at++) {
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
