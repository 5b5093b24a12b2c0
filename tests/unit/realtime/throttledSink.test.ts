import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatCursor } from '../../../shared/cursor.ts';
import type { Change } from '../../../shared/change.ts';
import type { Sink } from '../../../backend/readers/realtime/runReader.ts';
import { createThrottledSink } from '../../../backend/readers/realtime/throttledSink.ts';
import { writeEvent, type WrittenEvent } from '../../../backend/readers/realtime/writtenEvent.ts';
import { createTestClock } from '../client/testClock.ts';

const epoch = randomUUID();
const cursorOf = (seq: number): string => formatCursor({ epoch, seq });

function changeOf(id: string, seq: number, text = ''): WrittenEvent {
  const of = { cursor: cursorOf(seq), seq, at: '', mutationId: null, notify: true, patch: [], version: seq };
  const change: Change = { ...of, resource: 'team', id, operation: 'updated', record: { seq, text }, before: { seq: 0 }, actor: { id: 'ada', name: 'Ada', kind: 'admin' } }; // prettier-ignore
  return writeEvent({ type: 'change', cursor: cursorOf(seq), change });
}

/** A message, or what else cannot wait. */
const resetAt = (seq: number): WrittenEvent =>
  writeEvent({ type: 'reset', cursor: cursorOf(seq), scope: 'messages', reason: 'expired' });

/** A throttled sink on a socket that can be full, at a time that stands still. */
function createWorld(windowMs = 100) {
  const clock = createTestClock();
  const told: WrittenEvent[] = [];
  let isFull = false;
  let wake = (): void => {};
  const socket: Sink = {
    send(event) {
      told.push(event);
      return !isFull;
    },
    sendAll: () => !isFull,
    drained: () => (isFull ? new Promise((resolve) => (wake = resolve)) : Promise.resolve()),
  };
  const faults: unknown[] = [];
  const { signal } = new AbortController();
  const sink = createThrottledSink({ sink: socket, windowMs, signal, onError: (error) => faults.push(error), now: () => clock.now(), after: (ms, call) => clock.after(ms, call) }); // prettier-ignore
  return {
    sink,
    told,
    clock,
    fill: () => (isFull = true),
    async drain() {
      isFull = false;
      wake();
      // The sink goes on in the steps after the one in which the socket drained.
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
    },
  };
}

it('an event goes out with its place only when nothing at or below it is held back, and the last state of every record arrives', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
    { weight: 1, arbitrary: fc.constant('message') },
    { weight: 2, arbitrary: fc.constant('wait') },
    { weight: 1, arbitrary: fc.constantFrom('fill', 'drain') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { sink, told, clock, fill, drain } = createWorld();
      /** The last event of each name that came in. */
      const last = new Map<string, WrittenEvent>();
      let seq = 0;
      let checked = 0;
      const names = new Map<WrittenEvent, string>();
      const arrived = new Map<string, number>();
      const check = (): void => {
        for (const event of told.slice(checked)) {
          const name = event.event.type === 'change' ? event.event.change.id : (names.get(event) ?? '');
          expect(event.seq).toBeGreaterThan(told[checked - 1]?.seq ?? 0);
          arrived.set(name, event.seq ?? 0);
          checked += 1;
          for (const [one, { seq: at }] of last) if ((at ?? 0) <= (event.seq ?? 0)) expect(arrived.get(one)).toBe(at);
        }
        const place = sink.heldAfter?.seq ?? seq;
        for (const [one, { seq: at }] of last) if ((at ?? 0) <= place) expect(arrived.get(one)).toBe(at);
      };
      for (const what of steps) {
        if (what === 'fill') fill();
        else if (what === 'drain') await drain();
        else if (what === 'wait') clock.advance(100);
        else {
          seq += 1;
          const name = what === 'message' ? `message ${seq}` : what;
          const event = what === 'message' ? resetAt(seq) : changeOf(what, seq);
          names.set(event, name);
          last.set(name, event);
          sink.send(event);
        }
        check();
      }
      await drain();
      clock.advance(100);
      await drain();
      check();
      expect(sink.heldAfter).toBeNull();
      expect(Object.fromEntries(arrived)).toEqual(Object.fromEntries([...last].map(([name, event]) => [name, event.seq])));
    }),
  );
}); // prettier-ignore

it('takes no more once too much waits for the end of a window, and has room again when it is over', async () => {
  const { sink, told, clock } = createWorld();
  const text = 'x'.repeat(10_000);
  let seq = 1;
  sink.send(changeOf('first', seq));
  clock.advance(0);
  // The same record again and again is one that waits.
  for (; seq < 200; seq += 1) expect(sink.send(changeOf('hot', seq, text))).toBe(true);
  while (sink.send(changeOf(`r${seq}`, seq, text))) seq += 1;
  const held = seq - 198;
  expect(held * 10_000).toBeLessThan(262_144 + 20_000);
  let hasRoom = false;
  const room = sink.drained(new AbortController().signal).then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  clock.advance(100);
  await room;
  expect(told.at(-1)?.seq).toBe(seq);
  expect(sink.heldAfter).toBeNull();
});

it('counts what waits by its last state: records that grow while they wait fill it too', () => {
  const { sink, clock } = createWorld();
  sink.send(changeOf('first', 1));
  clock.advance(0);
  let seq = 2;
  for (; seq < 102; seq += 1) expect(sink.send(changeOf(`r${seq}`, seq))).toBe(true);
  const taken = Array.from({ length: 100 }, (_, n) => sink.send(changeOf(`r${n + 2}`, (seq += 1), 'x'.repeat(10_000))));
  const filled = taken.indexOf(false);
  expect(filled).toBeGreaterThan(0);
  expect(filled * 10_000).toBeLessThan(262_144 + 20_000);
});

it('what is folded is made once for all who hold the same', () => {
  const [one, other] = [createWorld(), createWorld()];
  for (const event of [changeOf('a', 1), changeOf('a', 2), changeOf('a', 3)]) {
    one.sink.send(event);
    other.sink.send(event);
  }
  for (const { clock } of [one, other]) clock.advance(0);
  expect(one.told).toHaveLength(1);
  expect(one.told[0]?.seq).toBe(3);
  expect(other.told[0]).toBe(one.told[0]);
});
