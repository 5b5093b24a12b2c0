import { formatCursor, type LogPosition } from '../../../shared/cursor.ts';
import type { ChangeLog } from '../../log/changeLog.ts';
import { follow } from '../../log/follow.ts';
import type { EventBatch } from './eventBatch.ts';
import type { Feed } from './feed.ts';
import type { Membership } from './feedGroup.ts';
import type { Hub } from './hub.ts';
import { createTeller } from './teller.ts';
import { createThrottledSink } from './throttledSink.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/** Where the events of one reader go. */
export interface Sink {
  /** Takes an event in any case; false when it should get no more until `drained`. */
  send(event: WrittenEvent): boolean;
  /** The same with events that go out together. */
  sendAll(batch: EventBatch): boolean;
  /** Resolves when there is room again, or the signal ends everything. */
  drained(signal: AbortSignal): Promise<void>;
}

/** What one reader is made of. */
export interface ReaderOptions {
  readonly log: ChangeLog;
  readonly hub: Hub;
  readonly feed: Feed;
  readonly after: LogPosition;
  /** Default: what the subscription of the feed says. */
  readonly eventsPerSecond?: number | null;
  readonly sink: Sink;
  /** Ends it; without an error. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** A reader on its way. */
export interface Reader {
  /** Everything up to here was told, or is not for this reader: where it goes on after a cut. */
  readonly place: LogPosition;
  /** Resolves when the signal ended it; rejects when the log could not be read. */
  readonly ended: Promise<void>;
}

/**
 * Tells one reader everything after a place, in order, each once: from the log at its own pace while it is behind, from
 * the hub once it is at the end.
 *
 * ```
 *  catching up ── its place is the hub's ──► live
 *       ▲                                     │
 *       └────────── its socket is full ───────┘
 * ```
 * Nothing is read for a reader whose socket is full: it costs what its socket holds and one page of the log. One that is told
 * at a rate of its own is live in the same way; what waits for its turn is held between, and keeps the place of the reader.
 */
export function runReader(options: ReaderOptions): Reader {
  const { log, hub, feed, signal, onError, eventsPerSecond = feed.subscription.eventsPerSecond } = options;
  const throttled =
    eventsPerSecond === null
      ? null
      : createThrottledSink({ sink: options.sink, windowMs: 1_000 / eventsPerSecond, signal, onError });
  const sink: Sink = throttled ?? options.sink;
  let place = options.after;
  let membership: Membership | null = null;

  /** Until the reader is at the hub's place. */
  async function catchUp(): Promise<void> {
    let readUpTo = place;
    // Of the log that is being read: a store that finds itself restored changes its own at any moment.
    let { epoch } = place;
    // Counts that wait for their second, and the loop, speak one after the other.
    let turn: Promise<void> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): Promise<void> => (turn = turn.then(work));
    const teller = createTeller(feed, () => void inTurn(flush).catch(onError));
    // `place` moves after the socket took everything, never before: a sign of life in between would tell a place too far.
    const send = async (event: WrittenEvent): Promise<void> => {
      if (!sink.send(event)) await sink.drained(signal);
    };
    const flush = async (): Promise<void> => {
      for (const event of await teller.flush()) await send(event);
      if (!teller.isHolding) place = readUpTo;
    };
    try {
      for await (const item of follow({ log, after: place, signal, onError })) {
        await inTurn(async () => {
          if (item.type === 'reset') {
            teller.clear();
            throttled?.clear();
            place = readUpTo = item.head;
            epoch = item.head.epoch;
            const cursor = formatCursor(item.head);
            await send(writeEvent({ type: 'reset', cursor, scope: 'changes', reason: item.reason }));
            return;
          }
          const events = await teller.take(item.entry);
          readUpTo = { epoch, seq: item.entry.seq };
          for (const event of events) await send(event);
          if (!teller.isHolding) place = readUpTo;
        });
        if (!hub.canJoin(readUpTo)) continue;
        // Told before it joins: the hub knows nothing of what is held here.
        await inTurn(flush);
        if (hub.canJoin(place)) return;
      }
    } finally {
      teller.close();
    }
  }

  /** Until the hub lets go of it, or the signal ends everything. */
  async function liveUntilLeft(): Promise<void> {
    let end = (): void => {};
    const left = new Promise<void>((resolve) => {
      end = resolve;
    });
    // In the same step as `canJoin`.
    const joined = hub.join(feed, place, { take: (batch) => sink.sendAll(batch), onLeft: end });
    membership = joined;
    signal.addEventListener('abort', end, { once: true });
    await left;
    signal.removeEventListener('abort', end);
    joined.leave();
    place = joined.place;
    membership = null;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      if (!hub.canJoin(place)) {
        await catchUp();
        continue;
      }
      await liveUntilLeft();
      if (!signal.aborted) await sink.drained(signal);
    }
  }

  return {
    get place() {
      return throttled?.heldAfter ?? membership?.place ?? place;
    },
    ended: run().finally(() => throttled?.close()),
  };
}
