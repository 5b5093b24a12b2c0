import { describe, expect, it } from 'vitest';
import { decideReach, type KnownWay } from '../../../backend/readers/reach/decideReach.ts';
import type { EndpointReach } from '../../../shared/protocol/reach.ts';

const now = Date.UTC(2026, 0, 1);
const endpoint: EndpointReach = {
  id: 'site', server: 'https://site.example', description: '', state: 'waiting', why: null,
  version: null, at: null, durationMs: null, shownVersion: null, error: null, nextAttemptAt: null,
}; // prettier-ignore
const way: KnownWay = {
  resource: 'team', id: 'ada', version: 2, savedAt: now + 3_600_000, now,
  lateAfterMs: 10_000, reason: null, followers: 1, figures: null, endpoints: [],
}; // prettier-ignore
const older = { of: { epoch: '', version: 2 }, reports: 1, afterMs: [], older: { version: 1, at: now } };

describe('a save of a moment that is still to come, as the clock was set back, is', () => {
  it.each([
    ['late for a call that fails', { endpoints: [{ ...endpoint, state: 'failed' as const }] }, 'callFails'],
    ['late for a page with an older version', { figures: older }, 'olderShown'],
    ['late for a call that cannot be made', { endpoints: [{ ...endpoint, error: 'Nobody said where.' }] }, 'callWaits'],
    ['not late for a call that is about to be made', { endpoints: [endpoint] }, null],
    ['not late when nothing went wrong', {}, null],
  ])('%s', (_name, known, because) => {
    expect(decideReach({ ...way, ...known }).lateBecause).toBe(because);
  });
});

it('a save is not late before its time is over, whatever goes wrong', () => {
  const endpoints = [{ ...endpoint, state: 'failed' as const }];
  expect(decideReach({ ...way, savedAt: now - 10_000, endpoints }).lateBecause).toBe(null);
  expect(decideReach({ ...way, savedAt: now - 10_001, endpoints }).lateBecause).toBe('callFails');
});
