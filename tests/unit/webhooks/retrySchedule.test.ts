import { expect, it } from 'vitest';
import { maxWaitMs, parseRetryAfter, waitAfter } from '../../../backend/readers/webhooks/retrySchedule.ts';

it('waits grow from 5 seconds to 10 hours and stay there', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 99].map((attempt) => waitAfter(attempt, 0.5) / 1000);
  expect(seconds).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000]);
});

it('waits are spread by a tenth in both directions', () => {
  expect([waitAfter(1, 0), waitAfter(1, 0.999_999)]).toEqual([4_500, 5_500]);
});

it('a receiver asks for a wait in seconds or by a date, and within bounds', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(parseRetryAfter('0', now)).toBe(5_000);
  expect(parseRetryAfter('99999999', now)).toBe(maxWaitMs);
  for (const none of [undefined, '', 'soon']) expect(parseRetryAfter(none, now)).toBe(null);
});
