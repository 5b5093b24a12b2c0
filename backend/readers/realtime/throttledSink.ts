import type { Change } from '../../../shared/change.ts';
import { parseCursor, type LogPosition } from '../../../shared/cursor.ts';
import { foldChanges } from '../../../shared/foldChanges.ts';
import { afterMs } from './afterMs.ts';
import type { Sink } from './runReader.ts';
import { writeEvent, type WrittenEvent } from './writtenEvent.ts';

/** Characters of events that wait for the end of their window, after which their reader is told nothing more until it is over. */
const maxHeldCharacters = 262_144;

/** A sink that tells fewer events, and the place that its reader has while some of them wait. */
export interface ThrottledSink extends Sink {
  /** Everything up to here went on; null while nothing waits. */
  readonly heldAfter: LogPosition | null;
  /** Forgets what waits, because the reader loads everything again. */
  clear(): void;
  close(): void;
}

/** What waits as one event. */
interface Held {
  readonly name: string;
  readonly written: WrittenEvent;
  readonly characters: number;
}

/**
 * Folds changes for a client that asked for fewer of them: the first after a quiet window is due at once, the others when
 * it is over, and the last state of every record always arrives. What cannot wait (a message, a reset) ends the window, and
 * comes after what was held before it.
 *
 * Whoever feeds it is told that it is full while its socket is, and when too much waits: it costs a bound, and what comes
 * then is read from the log, whose last state of a record is the same.
 *
 * Invariant  events leave in the order of their places, and a reader that is cut between two of them is told by the log what
 *            was folded into a later one. So nothing is folded that the last of it does not say alone: a creation stays in its
 *            place once something came after it, and counts stand apart from changes, whose record they leave as it is
 * Units      windowMs milliseconds
 */
export function createThrottledSink(options: {
  readonly sink: Sink;
  readonly windowMs: number;
  /** Ends every wait. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
  readonly now?: () => number;
  readonly after?: (ms: number, call: () => void) => () => void;
}): ThrottledSink {
  const { sink, windowMs, signal, onError, now = Date.now, after = afterMs } = options;
  /** In the order of their places. */
  const queue = new Set<Held>();
  /** The same by name: at most a deletion, a creation, and what came after it. */
  const held = new Map<string, Held[]>();
  let tail: Held | null = null;
  const waiting = new Set<() => void>();
  let characters = 0;
  let heldAfter: LogPosition | null = null;
  let lastTold = -Infinity;
  let stopTimer: (() => void) | null = null;
  let isSocketFull = false;
  let others = 0;

  const hasRoom = (): boolean => !isSocketFull && characters <= maxHeldCharacters;

  function stop(): void {
    stopTimer?.();
    stopTimer = null;
  }

  function hold(name: string, written: WrittenEvent): void {
    const own = held.get(name) ?? [];
    let one: Held = { name, written, characters: written.json.length };
    for (let earlier = own.at(-1); earlier && isSaidBy(one, earlier, earlier === tail); earlier = own.at(-1)) {
      own.pop();
      queue.delete(earlier);
      characters -= earlier.characters;
      // The later one may be longer by far. What both are has its JSON only when it is told.
      const most = Math.max(earlier.characters, one.characters);
      one = { name, written: folded(earlier.written, one.written), characters: most };
    }
    own.push(one);
    held.set(name, own);
    // Put last: a reader that is cut between two of them goes on after the last change of the one it has.
    queue.add(one);
    tail = one;
    characters += one.characters;
    heldAfter ??= placeBefore(written);
  }

  function letGo(one: Held): void {
    queue.delete(one);
    characters -= one.characters;
    // What goes is the first in the queue, and so the first of its name.
    const own = held.get(one.name);
    own?.shift();
    if (own?.length === 0) held.delete(one.name);
  }

  /** Tells what waits, for as long as the socket takes it. */
  function release(): void {
    stop();
    for (const one of queue) {
      if (isSocketFull) return;
      const isTaken = sink.send(one.written);
      letGo(one);
      // What is left comes after it: nothing at or below is held any more.
      heldAfter = queue.size === 0 ? null : (placeOf(one.written) ?? heldAfter);
      lastTold = now();
      if (!isTaken) waitForSocket();
    }
    if (hasRoom()) for (const wake of [...waiting]) wake();
  }

  function waitForSocket(): void {
    isSocketFull = true;
    sink
      .drained(signal)
      .then(() => {
        isSocketFull = false;
        if (!signal.aborted) release();
      })
      .catch(onError);
  }

  /** When a window is over nobody called who could be told of a fault. */
  function releaseByItself(): void {
    try {
      release();
    } catch (error) {
      onError(error);
    }
  }

  function take(written: WrittenEvent): void {
    const { event } = written;
    if (event.type === 'change') {
      hold(nameOf(written, event.change), written);
      if (!isSocketFull) stopTimer ??= after(Math.max(0, lastTold + windowMs - now()), releaseByItself);
      return;
    }
    others += 1;
    hold(String(others), written);
    release();
  }

  return {
    send(event) {
      take(event);
      return hasRoom();
    },
    sendAll({ events }) {
      for (const event of events) take(event);
      return hasRoom();
    },
    async drained(of) {
      if (of.aborted || hasRoom()) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          of.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        of.addEventListener('abort', wake, { once: true });
      });
    },
    get heldAfter() {
      return heldAfter;
    },
    clear() {
      stop();
      held.clear();
      queue.clear();
      characters = 0;
      heldAfter = null;
    },
    close: stop,
  };
}

/** True when a reader that hears only of the last, because it was cut before it, knows as much as one that hears of both. */
function isSaidBy({ written: last }: Held, { written: first }: Held, isNext: boolean): boolean {
  if (first.event.type !== 'change' || last.event.type !== 'change') return false;
  const [before, now] = [first.event.change.operation, last.event.change.operation];
  // Who does not know of the deletion because he never knew the record has to hear that it is new.
  if (now === 'created') return false;
  return isNext || before !== 'created' || now === 'deleted';
}

/** Those who are told the same at one rate hold the same, and share what it is folded to, with its bytes. */
const foldedWith = new WeakMap<WrittenEvent, { readonly last: WrittenEvent; readonly both: WrittenEvent }>();

function folded(first: WrittenEvent, last: WrittenEvent): WrittenEvent {
  const hit = foldedWith.get(first);
  if (hit?.last === last) return hit.both;
  if (first.event.type !== 'change' || last.event.type !== 'change') return last;
  const change = foldChanges(first.event.change, last.event.change);
  const both = writeEvent({ ...last.event, change });
  foldedWith.set(first, { last, both });
  return both;
}

const names = new WeakMap<WrittenEvent, string>();

function nameOf(written: WrittenEvent, { resource, id, counts }: Change): string {
  const name = names.get(written) ?? JSON.stringify([resource, id, counts === undefined]);
  names.set(written, name);
  return name;
}

function placeOf({ event }: WrittenEvent): LogPosition | null {
  return 'cursor' in event ? parseCursor(event.cursor) : null;
}

function placeBefore(written: WrittenEvent): LogPosition | null {
  const place = placeOf(written);
  return place && { epoch: place.epoch, seq: place.seq - 1 };
}
