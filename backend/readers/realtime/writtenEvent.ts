import { parseCursor } from '../../../shared/cursor.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { keepBriefly } from './keepBriefly.ts';

/** What is written to connections as it is, shared by all of them. */
export interface WireBytes {
  /** Frames of an SSE stream: `id` and `data`. */
  readonly sse: Buffer;
  /** Whole frames of a socket, as a server sends them: not masked, not compressed. */
  readonly frame: Buffer;
}

/**
 * An event and its bytes, made once however many are told.
 *
 * `seq` is the place up to which the event brings its reader; null for one that has no place in the log, such as presence.
 */
export interface WrittenEvent extends WireBytes {
  readonly event: SyncEvent;
  readonly seq: number | null;
  readonly json: string;
  /** The text of a frame of a socket. */
  readonly text: Buffer;
}

/** Writes an event when the first reader needs it, and again when nobody did for a while: entries are kept longer than that. */
export function writeEvent(event: SyncEvent): WrittenEvent {
  const cursor = 'cursor' in event ? event.cursor : null;
  const json = keepBriefly(() => JSON.stringify(event));
  const sse = keepBriefly(() => Buffer.from(`${cursor === null ? '' : `id: ${cursor}\n`}data: ${json()}\n\n`));
  const text = keepBriefly(() => Buffer.from(json()));
  const frame = keepBriefly(() => textFrame(Buffer.from(json())));
  return {
    event,
    seq: cursor === null ? null : (parseCursor(cursor)?.seq ?? null),
    get json() {
      return json();
    },
    get sse() {
      return sse();
    },
    get text() {
      return text();
    },
    get frame() {
      return frame();
    },
  };
}

/** Source  RFC 6455, 5.2: the final fragment of a text message, with the shortest form of its length */
function textFrame(text: Buffer): Buffer {
  const { length } = text;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x81;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, text]);
}
