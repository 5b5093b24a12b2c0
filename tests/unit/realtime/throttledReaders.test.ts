import { setMaxListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import { createPermissions } from '../../../backend/auth/permissions.ts';
import type { ChangeLog } from '../../../backend/log/changeLog.ts';
import { createEventWriter } from '../../../backend/readers/realtime/eventWriter.ts';
import { createFeed } from '../../../backend/readers/realtime/feed.ts';
import { createHub } from '../../../backend/readers/realtime/hub.ts';
import type { RealtimeParts } from '../../../backend/readers/realtime/realtimeParts.ts';
import { runReader } from '../../../backend/readers/realtime/runReader.ts';
import { readSubscription } from '../../../backend/readers/realtime/subscription.ts';
import type { WrittenEvent } from '../../../backend/readers/realtime/writtenEvent.ts';
import { createCounters } from '../../../backend/records/counters/createCounters.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { testResources } from '../../helpers/startSync.ts';

/** Readers of an installation, and how often they read the log by themselves. */
function createWorld() {
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
  // Every reader listens to it.
  setMaxListeners(0, closing.signal);
  const onError = (error: unknown): void => expect(error).toBeUndefined();
  const hub = createHub({ log: store.log, signal: closing.signal, onError });
  const writer = createEventWriter(parts);
  const visitor = permissions.audienceOf(null);
  let reads = 0;
  const log: ChangeLog = {
    ...store.log,
    epoch: store.log.epoch,
    read(after, limit) {
      reads += 1;
      return store.log.read(after, limit);
    },
  };
  const versions = new Map<string, number>();
  const endings: Promise<void>[] = [];
  return {
    hub,
    reads: () => reads,
    async save(ids: readonly string[], text = '') {
      const writes = ids.map((id) => {
        const expectedVersion = versions.get(id) ?? 0;
        versions.set(id, expectedVersion + 1);
        const record = { id, title: `${expectedVersion} ${text}`, version: expectedVersion + 1 };
        return draftWrite(id, record, { resource: 'services', expectedVersion });
      });
      await store.commit(writes);
    },
    read(eventsPerSecond: number) {
      const subscription = readSubscription(parts, visitor, { resources: ['services'], eventsPerSecond });
      const feed = hub.shared(createFeed(parts, writer, visitor, subscription));
      const told: WrittenEvent[] = [];
      const after = { epoch: store.log.epoch, seq: store.log.head() };
      const sink = {
        send: (event: WrittenEvent) => told.push(event) > 0,
        sendAll: () => true,
        drained: async () => undefined,
      };
      const reader = runReader({ log, hub, feed, after, eventsPerSecond, sink, signal: closing.signal, onError });
      endings.push(reader.ended);
      /** The last state of each record that it was told. */
      const states = () =>
        Object.fromEntries(told.map(({ event }) => (event.type === 'change' ? [event.change.id, event.change.version] : [])));
      return { told, states, place: () => reader.place.seq };
    },
    async end() {
      closing.abort();
      await Promise.all(endings);
    },
  };
} // prettier-ignore

it('readers at rates of their own read nothing of the log by themselves, and each has the last state in the end', async () => {
  const { hub, read, save, reads, end } = createWorld();
  const readers = Array.from({ length: 40 }, (_, index) => read(index % 2 === 0 ? 10 : 50));
  await vi.waitFor(() => expect(hub.memberCount).toBe(40));
  const before = reads();
  for (let round = 0; round < 50; round += 1) {
    await save(['a']);
    if (round % 5 === 0) await save(['b']);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => {
    for (const { place, states } of readers) {
      expect(place()).toBe(60);
      expect(states()).toEqual({ a: 50, b: 10 });
    }
  });
  for (const { told } of readers) expect(told.length).toBeLessThan(60);
  expect(reads() - before).toBe(0);
  await end();
});

it('a reader for which too much waits goes on from the log, and is told everything all the same', async () => {
  const { hub, read, save, reads, end } = createWorld();
  const reader = read(5);
  await vi.waitFor(() => expect(hub.memberCount).toBe(1));
  const before = reads();
  await save(['first']);
  await vi.waitFor(() => expect(reader.told).toHaveLength(1));
  const ids = Array.from({ length: 80 }, (_, index) => `r${index}`);
  // In several commits: more than it may hold has come before the last of them.
  for (const id of ids) {
    await save([id], 'x'.repeat(10_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => expect(reader.place()).toBe(81), 10_000);
  expect(reader.states()).toEqual(Object.fromEntries([['first', 1], ...ids.map((id) => [id, 1])]));
  expect(reads()).toBeGreaterThan(before);
  await vi.waitFor(() => expect(hub.memberCount).toBe(1));
  await end();
});
