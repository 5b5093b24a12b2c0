import { expect, it } from 'vitest';
import { createDeadlines } from '../../../backend/readers/webhooks/deadlines.ts';
import { createClock } from '../../integration/webhooks/senderWorld.ts';

function newDeadlines() {
  const clock = createClock(0);
  let timers = 0;
  const over: string[] = [];
  const deadlines = createDeadlines<{ readonly name: string }>({
    now: clock.now,
    timers: {
      after(delayMs, callback) {
        timers += 1;
        const cancel = clock.timers.after(delayMs, () => ((timers -= 1), callback()));
        return () => ((timers -= 1), cancel());
      },
    },
    afterMs: 1_000,
    onOver: ({ name }) => void over.push(`${name} at ${clock.now()}`),
  });
  return { ...clock, deadlines, over, timers: () => timers };
}

it('everybody has the same time from when he began, and those of one moment share a timer', () => {
  const { deadlines, over, advance, timers } = newDeadlines();
  deadlines.add({ name: 'a' });
  deadlines.add({ name: 'b' });
  advance(400);
  deadlines.add({ name: 'c' });
  expect(timers()).toBe(2);
  advance(5_000);
  expect(over).toEqual(['a at 1000', 'b at 1000', 'c at 1400']);
});

it('whoever ends in time is not called back, and leaves no timer behind', () => {
  const { deadlines, over, advance, timers } = newDeadlines();
  const keys = ['a', 'b'].map((name) => ({ name }));
  const groups = keys.map((key) => deadlines.add(key));
  keys.forEach((key, index) => deadlines.remove(groups[index]!, key));
  expect(timers()).toBe(0);
  deadlines.add({ name: 'c' });
  advance(5_000);
  expect(over).toEqual(['c at 1000']);
});
