import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChange, type ListRules } from '../../../backoffice/react/query/applyChange.ts';
import { createThrottle } from '../../../backoffice/client/connection/createThrottle.ts';
import { createThrottledSink } from '../../../backend/readers/realtime/throttledSink.ts';
import { writeEvent, type WrittenEvent } from '../../../backend/readers/realtime/writtenEvent.ts';
import type { Change } from '../../../shared/change.ts';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { createTestClock } from '../client/testClock.ts';

const epoch = randomUUID();
const actor = { id: 'ada', name: 'Ada', kind: 'admin' } as const;
/** A list that puts in only what it is told to be new. */
const rules: ListRules = { adds: 'created', order: 'id', isInside: () => true };

type Row = { readonly id: string; readonly version: number; readonly price: number; readonly views: number };
type Step = readonly ['save' | 'count' | 'delete', string];

/** The log of some steps, as a reader without a rate is told it, and the rows in the end. */
function logOf(steps: readonly Step[]): { readonly events: readonly WrittenEvent[]; readonly rows: readonly Row[] } {
  const rows = new Map<string, Row>();
  const versions = new Map<string, number>();
  const events: WrittenEvent[] = [];
  for (const [what, id] of steps) {
    const before = rows.get(id) ?? null;
    if (before === null && what !== 'save') continue;
    const seq = events.length + 1;
    const version = (versions.get(id) ?? 0) + (what === 'count' ? 0 : 1);
    versions.set(id, version);
    const views = (before?.views ?? 0) + (what === 'count' ? 1 : 0);
    const record = what === 'delete' ? null : { id, version, price: what === 'count' ? (before?.price ?? 0) : seq, views };
    if (record) rows.set(id, record);
    else rows.delete(id);
    const operation = record === null ? 'deleted' : before === null ? 'created' : 'updated';
    const cursor = formatCursor({ epoch, seq });
    const of = { cursor, seq, at: '', resource: 'goals', id, version, actor, mutationId: null, notify: true, patch: [] };
    const change: Change = { ...of, operation, record, before, ...(what === 'count' ? { counts: { views } } : {}) };
    events.push(writeEvent({ type: 'change', cursor, change }));
  }
  return { events, rows: [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
} // prettier-ignore

/** What a reader is told of events that come in groups, each in a window of its own. */
function throttled(groups: readonly (readonly WrittenEvent[])[]): readonly WrittenEvent[] {
  const clock = createTestClock();
  const told: WrittenEvent[] = [];
  const sink = createThrottledSink({
    sink: { send: (event) => told.push(event) > 0, sendAll: () => true, drained: () => Promise.resolve() },
    windowMs: 100,
    signal: new AbortController().signal,
    onError: (error) => expect(error).toBeUndefined(),
    now: () => clock.now(),
    after: (ms, call) => clock.after(ms, call),
  });
  for (const group of groups) {
    for (const event of group) sink.send(event);
    clock.advance(100);
  }
  return told;
}

const shownAfter = (told: readonly WrittenEvent[], from: unknown): unknown =>
  told.reduce<unknown>((shown, { event }) => {
    const applied = event.type === 'change' ? applyChange(shown, event.change, rules) : null;
    return applied?.outcome === 'changed' ? applied.data : shown;
  }, from);

const stepOf = fc.tuple(
  fc.constantFrom('save', 'save', 'save', 'count', 'count', 'delete'),
  fc.constantFrom('a', 'b', 'c'),
) as fc.Arbitrary<Step>;

it('a throttled list that is cut between any two events, and goes on from there, ends with exactly the rows', () => {
  const shape = fc.record({
    steps: fc.array(stepOf, { maxLength: 25 }),
    windows: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }),
  });
  fc.assert(
    fc.property(shape, ({ steps, windows }) => {
      const { events, rows } = logOf(steps);
      const groups = windows.map((size, index) => {
        const from = windows.slice(0, index).reduce((sum, one) => sum + one, 0);
        return events.slice(from, index === windows.length - 1 ? undefined : from + size);
      });
      const told = throttled(groups);
      for (let cut = 0; cut <= told.length; cut += 1) {
        const place = told[cut - 1]?.seq ?? 0;
        const rest = throttled([events.slice(place)]);
        expect(shownAfter([...told.slice(0, cut), ...rest], [])).toEqual(rows);
      }
    }),
    { numRuns: 500 },
  );
});

it('whoever has the version of a change already hears of the counts that came after it in one window', () => {
  const { events } = logOf([['save', 'a'], ['save', 'a'], ['count', 'a']]); // prettier-ignore
  const own: readonly JsonObject[] = [{ id: 'a', version: 2, price: 2, views: 0 }];
  expect(shownAfter(throttled([events]), own)).toEqual([{ id: 'a', version: 2, price: 2, views: 1 }]);
  // The same where several followers share a connection, and each is held back in the browser.
  const clock = createTestClock();
  const told: WrittenEvent[] = [];
  const throttle = createThrottle({ eventsPerSecond: 10, clock, tell: (event) => void told.push(writeEvent(event)) });
  for (const { event } of events) if (event.type === 'change') throttle.take(event);
  clock.advance(100);
  expect(shownAfter(told, own)).toEqual([{ id: 'a', version: 2, price: 2, views: 1 }]);
});

it('a creation with what follows it is one event, unless something else came between', () => {
  const operations = (steps: readonly Step[]) =>
    throttled([logOf(steps).events]).map(({ event }) => event.type === 'change' && `${event.change.id} ${event.change.operation}`); // prettier-ignore
  expect(operations([['save', 'a'], ['save', 'a'], ['save', 'b']])).toEqual(['a created', 'b created']); // prettier-ignore
  expect(operations([['save', 'a'], ['save', 'b'], ['save', 'a'], ['save', 'a']])).toEqual(['a created', 'b created', 'a updated']); // prettier-ignore
  expect(operations([['save', 'a'], ['save', 'b'], ['save', 'a'], ['delete', 'a']])).toEqual(['b created', 'a deleted']); // prettier-ignore
});
