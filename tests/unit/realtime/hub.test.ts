import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { formatCursor } from '../../../shared/cursor.ts';
import { createPermissions } from '../../../backend/auth/permissions.ts';
import { createEventWriter } from '../../../backend/readers/realtime/eventWriter.ts';
import { maxBatchBytes, type EventBatch } from '../../../backend/readers/realtime/eventBatch.ts';
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

/** A socket that takes a few events, or the batch in which they end, and is then full until somebody drains it. */
function narrowSink(room: number) {
  const got: WrittenEvent[] = [];
  const batches: EventBatch[] = [];
  let overfilled = 0;
  let left = room;
  let wake = (): void => {};
  const take = (...events: readonly WrittenEvent[]): boolean => {
    got.push(...events);
    if (left === 0) overfilled += 1;
    left = Math.max(0, left - events.length);
    return left > 0;
  };
  const sink: Sink = {
    send: (event) => take(event),
    sendAll(batch) {
      batches.push(batch);
      return take(...batch.events);
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
    /** What it was given together. */
    batches,
    /** Events or batches that came while it was full. */
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
    parts,
    hub,
    closing,
    faults,
    /** Saves a record so often, in one commit. */
    save(resource: keyof typeof versions, { count = 1, size = 0 } = {}): Promise<unknown> {
      const writes = Array.from({ length: count }, () => {
        const expectedVersion = versions[resource]++;
        const title = `t${expectedVersion} ${'x'.repeat(size)}`;
        return draftWrite('one', { id: 'one', name: `n${expectedVersion}`, title, version: expectedVersion + 1 }, { resource, expectedVersion }); // prettier-ignore
      });
      return store.commit(writes);
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
      // Too long for one batch.
      { weight: 2, arbitrary: fc.constantFrom('commit team', 'commit services') },
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
          } else if (verb === 'commit') {
            const after = at.store.log.head();
            await at.save(name as 'team', { count: 4, size: 10_000 });
            for (let seq = after + 1; seq <= at.store.log.head(); seq += 1) log.push({ seq, resource: name });
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
    const told = async (seq: number): Promise<void> => {
      const { epoch } = at.store.log;
      while (!at.hub.canJoin({ epoch, seq }) || at.hub.canJoin({ epoch, seq: seq - 1 }))
        await new Promise((resolve) => setImmediate(resolve));
    };
    await at.save('team');
    await told(2);
    for (let round = 0; round < 3; round += 1) await at.save('team');
    await told(5);
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

  it('hands the events of one commit to everybody who is told the same as one batch, none longer than its limit', async () => {
    const at = installation();
    const sinks = [['services'], ['services'], ['services', 'team']].map((resources) => {
      const narrow = narrowSink(100);
      at.read({ resources, after: 0, sink: narrow.sink, signal: at.closing.signal }).ended.catch(() => undefined);
      return narrow;
    });
    await at.save('services', { count: 8 });
    while (sinks.some(({ got }) => got.length < 8)) await new Promise((resolve) => setImmediate(resolve));
    expect(sinks.map(({ batches }) => batches.map(({ events }) => events.length))).toEqual([[8], [8], [8]]);
    expect(new Set(sinks.map(({ batches }) => batches[0])).size).toBe(1);
    await at.save('services', { count: 8, size: 9_000 });
    while (sinks.some(({ got }) => got.length < 16)) await new Promise((resolve) => setImmediate(resolve));
    const [, ...long] = sinks[0]?.batches ?? [];
    expect(long.length).toBeGreaterThan(2);
    for (const { sse, frame, events } of long) {
      expect(events.length).toBeGreaterThan(1);
      expect(Math.max(sse.length, frame.length)).toBeLessThanOrEqual(maxBatchBytes);
      expect(sse).toEqual(Buffer.concat(events.map((event) => event.sse)));
      expect(frame).toEqual(Buffer.concat(events.map((event) => event.frame)));
    }
    await at.save('services', { size: 100_000 });
    while (sinks.some(({ got }) => got.length < 17)) await new Promise((resolve) => setImmediate(resolve));
    expect(sinks[0]?.batches.at(-1)?.events.length).toBe(1);
    at.closing.abort();
  });

  it('tells a reader that joins in the middle of a commit only the rest of it', async () => {
    const at = installation();
    const narrow = narrowSink(100);
    await at.save('team', { count: 4 });
    const { epoch } = at.store.log;
    const member = { take: narrow.sink.sendAll, onLeft: () => undefined };
    // The hub has read nothing yet, and this reader is ahead of it.
    expect(at.hub.canJoin({ epoch, seq: 2 })).toBe(true);
    const joined = at.hub.join(at.feed(['team']), { epoch, seq: 2 }, member);
    expect(joined.place.seq).toBe(2);
    while (joined.place.seq < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(narrow.got.map(seqOf)).toEqual([3, 4].map((seq) => formatCursor({ epoch, seq })));
    at.closing.abort();
  });

  it('tells a reader that is the first of its kind to join while a commit is being written for others', async () => {
    const at = installation();
    const { completer } = at.parts.counters;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const asked = vi.spyOn(at.parts.counters, 'completer').mockImplementation(async (...of) => {
      await held;
      return completer(...of);
    });
    const { epoch } = at.store.log;
    const [first, second] = [narrowSink(100), narrowSink(100)];
    at.hub.join(at.feed(['team']), { epoch, seq: 0 }, { take: first.sink.sendAll, onLeft: () => undefined });
    await at.save('team', { count: 2 });
    while (asked.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(at.hub.canJoin({ epoch, seq: 0 })).toBe(true);
    at.hub.join(
      at.feed(['team', 'services']),
      { epoch, seq: 0 },
      { take: second.sink.sendAll, onLeft: () => undefined },
    );
    release();
    while (!at.hub.canJoin({ epoch, seq: 2 }) || at.hub.canJoin({ epoch, seq: 1 }))
      await new Promise((resolve) => setImmediate(resolve));
    for (const { got } of [first, second]) expect(got.map(({ seq }) => seq)).toEqual([1, 2]);
    at.closing.abort();
  });

  it('tells everything once and in order to readers of a commit that the store could not answer for', async () => {
    const at = installation();
    const narrow = narrowSink(100);
    const reader = at.read({ resources: ['team'], after: 0, sink: narrow.sink, signal: at.closing.signal });
    await at.save('team');
    while (reader.place.seq < 1) await new Promise((resolve) => setImmediate(resolve));
    const { completer } = at.parts.counters;
    let asked = 0;
    vi.spyOn(at.parts.counters, 'completer').mockImplementation(async (...of) => {
      asked += 1;
      if (asked === 3) throw new Error('The store is away.');
      return completer(...of);
    });
    await at.save('team', { count: 4 });
    while (reader.place.seq < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(at.faults).toHaveLength(1);
    await at.save('team', { count: 2 });
    while (reader.place.seq < 7) await new Promise((resolve) => setImmediate(resolve));
    expect(narrow.got.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(at.hub.memberCount).toBe(1);
    at.closing.abort();
    await reader.ended;
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

  it('one socket that throws costs its neighbours nothing: nobody misses or hears twice what was told meanwhile', async () => {
    const at = installation();
    const [before, after] = [narrowSink(1_000), narrowSink(1_000)];
    const broken = narrowSink(1_000);
    let faulty = true;
    const throwing: Sink = {
      ...broken.sink,
      sendAll(batch) {
        if (faulty) throw new Error('a broken socket');
        return broken.sink.sendAll(batch);
      },
    };
    for (const sink of [before.sink, throwing, after.sink])
      at.read({ resources: ['team'], after: 0, sink, signal: at.closing.signal });
    await vi.waitFor(() => expect(at.hub.memberCount).toBe(3));
    await at.save('team', { count: 3 });
    await vi.waitFor(() => expect(at.faults).toHaveLength(1));
    faulty = false;
    await vi.waitFor(() => expect(after.got).toHaveLength(3));
    await at.save('team');
    for (const { got } of [before, broken, after]) {
      await vi.waitFor(() => expect(got).toHaveLength(4));
      expect(new Set(got.map(seqOf)).size).toBe(4);
    }
    at.closing.abort();
  });
});
