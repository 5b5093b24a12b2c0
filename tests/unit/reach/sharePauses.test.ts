import { expect, it } from 'vitest';
import { createSharePauses } from '../../../backend/readers/reach/sharePauses.ts';

it('the last word is written a pause later at most, though the clock was set back an hour', async () => {
  let now = Date.UTC(2026, 0, 1);
  const pauses: number[] = [];
  const tell = createSharePauses({
    share: async () => undefined,
    pauseMs: 5_000,
    now: () => now,
    later: (_run, ms) => void pauses.push(ms),
    closing: new AbortController().signal,
    onError: (error) => {
      throw error;
    },
  });
  await tell('team/ada', true);
  now -= 3_600_000;
  await tell('team/ada', false);
  expect(pauses).toEqual([5_000]);
});
