import { expect, it } from 'vitest';
import { createDueTimes } from '../../../backend/readers/webhooks/dueTimes.ts';
import { createClock } from '../../integration/webhooks/senderWorld.ts';

function start() {
  const clock = createClock();
  const due: string[] = [];
  const waits: number[] = [];
  const timers: typeof clock.timers = {
    after(delayMs, callback) {
      waits.push(delayMs);
      return clock.timers.after(delayMs, callback);
    },
  };
  const times = createDueTimes<{ name: string }>({ timers, now: clock.now, onDue: ({ name }) => void due.push(name) });
  return { clock, due, waits, times };
}

it('what is due in forty days is waited for in steps that a timer can make, and comes at its time', () => {
  const { clock, due, waits, times } = start();
  const fortyDays = 40 * 24 * 60 * 60_000;
  times.set({ name: 'far' }, clock.now() + fortyDays);
  clock.advance(fortyDays - 1);
  expect([due, Math.max(...waits) < 2 ** 31, Math.min(...waits.slice(0, -1)) >= 60_000]).toEqual([[], true, true]);
  clock.advance(1);
  expect(due).toEqual(['far']);
});

it('what is due at once after the clock was turned forward comes within a minute', () => {
  const { clock, due, times } = start();
  times.set({ name: 'a' }, clock.now() + 3_600_000);
  clock.turn(3_600_000);
  clock.advance(60_000);
  expect(due).toEqual(['a']);
});

it('what was forgotten does not come, and may be set to a later time', () => {
  const { clock, due, times } = start();
  const one = { name: 'one' };
  times.set(one, clock.now() + 1_000);
  times.clear();
  clock.advance(2_000);
  times.set(one, clock.now() + 5_000);
  clock.advance(4_999);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['one']);
});
