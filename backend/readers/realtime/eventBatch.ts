import { keepBriefly } from './keepBriefly.ts';
import type { WireBytes, WrittenEvent } from './writtenEvent.ts';

/** Events that go out together, in the order of the log, and their bytes, joined once for everybody who is told the same. */
export interface EventBatch extends WireBytes {
  readonly events: readonly [WrittenEvent, ...WrittenEvent[]];
}

/** The most bytes of a batch of several events; one that is longer goes out by itself. */
export const maxBatchBytes = 65_536;

/** More than an event has beside its JSON: the `id` and `data` of a stream, or the head of a frame. */
const wrapBytes = 128;

/** Splits events into batches, each as long as it may be. */
export function batchesOf(events: readonly WrittenEvent[]): readonly EventBatch[] {
  const parts: [WrittenEvent, ...WrittenEvent[]][] = [];
  let bytes = 0;
  for (const event of events) {
    const own = Buffer.byteLength(event.json) + wrapBytes;
    const last = parts.at(-1);
    if (last && bytes + own <= maxBatchBytes) {
      last.push(event);
      bytes += own;
    } else {
      parts.push([event]);
      bytes = own;
    }
  }
  return parts.map(batchOf);
}

/** What of a batch comes after a place; null for nothing. */
export function batchAfter(batch: EventBatch, seq: number): EventBatch | null {
  const isNew = (event: WrittenEvent): boolean => event.seq === null || event.seq > seq;
  if (batch.events.every(isNew)) return batch;
  const [first, ...more] = batch.events.filter(isNew);
  return first === undefined ? null : batchOf([first, ...more]);
}

/** Groups of equal audiences are told the same events: the last batch that began with an event is theirs too. */
const known = new WeakMap<WrittenEvent, EventBatch>();

function batchOf(events: EventBatch['events']): EventBatch {
  const hit = known.get(events[0]);
  if (hit?.events.length === events.length && hit.events.every((event, index) => event === events[index])) return hit;
  const sse = keepBriefly(() => join(events.map((event) => event.sse)));
  const frame = keepBriefly(() => join(events.map((event) => event.frame)));
  const batch: EventBatch = {
    events,
    get sse() {
      return sse();
    },
    get frame() {
      return frame();
    },
  };
  known.set(events[0], batch);
  return batch;
}

function join(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
