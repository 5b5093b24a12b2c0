import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCursor } from '../../../shared/cursor.ts';
import { createPermissions } from '../../../backend/auth/permissions.ts';
import { createEventWriter } from '../../../backend/readers/realtime/eventWriter.ts';
import { createFeed } from '../../../backend/readers/realtime/feed.ts';
import { createHub } from '../../../backend/readers/realtime/hub.ts';
import { runReader, type Sink } from '../../../backend/readers/realtime/runReader.ts';
import type { RealtimeParts } from '../../../backend/readers/realtime/realtimeParts.ts';
import { readSubscription } from '../../../backend/readers/realtime/subscription.ts';
import type { WrittenEvent } from '../../../backend/readers/realtime/writtenEvent.ts';
import { createCounters } from '../../../backend/records/counters/createCounters.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { testResources } from '../../helpers/startSync.ts';

/** A socket that takes a few events and is then full until somebody drains it. */
function narrowSink(room: number) {
  const got: WrittenEvent[] = [];
  let overfilled = 0;
  let left = room;
  let wake = (): void => {};
  const sink: Sink = {
    send(event) {
      got.push(event);
      if (left === 0) overfilled += 1;
      left = Math.max(0, left - 1);
      return left > 0;
    },
    async drained(signal) {
      if (left > 0 || signal.aborted) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
  return {
    sink,
    got,
    /** Events that came while it was full. */
    overfilled: () => overfilled,
    drain() {
      left = room;
      wake();
    },
  };
}

function installation() {
  const store = memoryStore();
  const permissions = createPermissions({});
  const parts: RealtimeParts = {
    log: store.log,
    counters: createCounters(store),
    permissions,
    resources: new Map(testResources.map((resource) => [resource.name, resource])),
    rooms: { mayJoin: async () => true, refuse: async () => undefined },
    presence: undefined as never,
    scopeOf: () => null,
    isKept: () => true,
  };
  const closing = new AbortController();
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  const hub = createHub({ log: store.log, signal: closing.signal, onError });
  const writer = createEventWriter(parts);
  const visitor = permissions.audienceOf(null);
  const versions = { team: 0, services: 0 };
  return {
    store,
    hub,
    closing,
    faults,
    save(resource: keyof typeof versions): Promise<unknown> {
      const expectedVersion = versions[resource]++;
      return store.commit([
        draftWrite('one', { id: 'one', name: `n${expectedVersion}`, title: `t${expectedVersion}`, version: expectedVersion + 1 }, { resource, expectedVersion }),
      ]); // prettier-ignore
    },
    feed: (resources: string[]) => createFeed(parts, writer, visitor, readSubscription(parts, visitor, { resources })),
    read(options: { resources: string[]; after: number; sink: Sink; signal: AbortSignal; eventsPerSecond?: number }) {
      const subscription = readSubscription(parts, visitor, options);
      const feed = createFeed(parts, writer, visitor, subscription);
      const after = { epoch: store.log.epoch, seq: options.after };
      return runReader({ log: store.log, hub, feed, after, sink: options.sink, signal: options.signal, onError });
    },
  };
}

const seqOf = ({ event }: WrittenEvent): string => ('cursor' in event ? event.cursor : '');

describe('the live end of the log', () => {
  it('tells every reader each change of its resources once and in order, however readers join, fill up and drain', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('save team', 'save services') },
      { weight: 3, arbitrary: fc.constantFrom('join team', 'join services', 'join both') },
      { weight: 3, arbitrary: fc.constant('drain') },
      { weight: 2, arbitrary: fc.constant('breathe') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, room) => {
        const at = installation();
        const log: { seq: number; resource: string }[] = [];
        const readers: {
          after: number;
          resources: string[];
          narrow: ReturnType<typeof narrowSink>;
          ended: Promise<void>;
          place: () => number;
        }[] = [];
        for (const what of steps) {
          const [verb, name = ''] = what.split(' ');
          if (verb === 'save') {
            await at.save(name as 'team');
            log.push({ seq: at.store.log.head(), resource: name });
          } else if (verb === 'join') {
            const resources = name === 'both' ? ['team', 'services'] : [name];
            const narrow = narrowSink(room);
            const after = Math.max(0, at.store.log.head() - (readers.length % 3));
            const reader = at.read({ resources, after, sink: narrow.sink, signal: at.closing.signal });
            readers.push({ after, resources, narrow, ended: reader.ended, place: () => reader.place.seq });
          } else if (verb === 'drain') {
            for (const { narrow } of readers) narrow.drain();
            await Promise.resolve();
          } else await new Promise((resolve) => setImmediate(resolve));
        }
        const isDone = () => readers.every((reader) => reader.place() === at.store.log.head());
        for (let round = 0; round < 500 && !isDone(); round += 1) {
          for (const { narrow } of readers) narrow.drain();
          await new Promise((resolve) => setImmediate(resolve));
        }
        for (const { after, resources, narrow, place } of readers) {
          const wanted = log.filter(({ seq, resource }) => seq > after && resources.includes(resource));
          expect(narrow.got.map(seqOf)).toEqual(
            wanted.map(({ seq }) => formatCursor({ epoch: at.store.log.epoch, seq })),
          );
          expect(place()).toBe(at.store.log.head());
          expect(narrow.overfilled()).toBe(0);
        }
        expect(at.faults).toEqual([]);
        at.closing.abort();
        await Promise.all(readers.map(({ ended }) => ended));
        expect(at.hub.memberCount).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('remembers where it let go of a reader whose socket was full, however far it has gone on since', async () => {
    const at = installation();
    await at.save('team');
    const feed = at.feed(['team']);
    const joined = at.hub.join(
      feed,
      { epoch: at.store.log.epoch, seq: 1 },
      { take: () => false, onLeft: () => undefined },
    );
    for (let round = 0; round < 4; round += 1) await at.save('team');
    while (
      !at.hub.canJoin({ epoch: at.store.log.epoch, seq: 5 }) ||
      at.hub.canJoin({ epoch: at.store.log.epoch, seq: 4 })
    )
      await new Promise((resolve) => setImmediate(resolve));
    expect(joined.place.seq).toBe(2);
    at.closing.abort();
  });

  it('writes an event once for all who see the same', async () => {
    const at = installation();
    const sinks = [1, 2, 3].map(() => narrowSink(100));
    for (const { sink } of sinks)
      at.read({ resources: ['team'], after: 0, sink, signal: at.closing.signal }).ended.catch(() => undefined);
    await at.save('team');
    while (sinks.some(({ got }) => got.length === 0)) await new Promise((resolve) => setImmediate(resolve));
    expect(new Set(sinks.map(({ got }) => got[0])).size).toBe(1);
    at.closing.abort();
  });

  it('answers a place beyond the end of the log with a reset, and goes on from there', async () => {
    const at = installation();
    await at.save('team');
    const narrow = narrowSink(100);
    at.read({ resources: ['team'], after: 99, sink: narrow.sink, signal: at.closing.signal }).ended.catch(
      () => undefined,
    );
    while (narrow.got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await at.save('team');
    while (narrow.got.length === 1) await new Promise((resolve) => setImmediate(resolve));
    expect(narrow.got.map(({ event }) => event)).toMatchObject([
      { type: 'reset', reason: 'ahead' },
      { type: 'change', change: { version: 2 } },
    ]);
    at.closing.abort();
  });

  it('folds the changes of a record for a reader that asked for fewer, and always tells the last state', async () => {
    const at = installation();
    const narrow = narrowSink(100);
    const reader = at.read({ resources: ['team'], after: 0, sink: narrow.sink, signal: at.closing.signal, eventsPerSecond: 20 }); // prettier-ignore
    for (let round = 0; round < 10; round += 1) await at.save('team');
    while (reader.place.seq < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    const told = narrow.got.map(({ event }) => event);
    expect(told.length).toBeLessThan(10);
    expect(told.at(-1)).toMatchObject({ change: { version: 10, record: { name: 'n9' } } });
    at.closing.abort();
    await reader.ended;
  });
});
