import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Sink } from './runReader.ts';
import type { WireBytes } from './writtenEvent.ts';

/** The events of one connection, as bytes that are shared with everybody who is told the same. */
export function createStreamSink(stream: Writable, bytesOf: (of: WireBytes) => Buffer): Sink {
  // Written to after its end, a stream would tell an error to nobody: the reader is about to be ended too.
  const write = (of: WireBytes): boolean => !stream.writable || stream.write(bytesOf(of));
  return {
    send: write,
    sendAll: write,
    async drained(signal) {
      // An aborted wait is how a connection ends while its client reads nothing; the loop sees the signal.
      if (stream.writableNeedDrain) await once(stream, 'drain', { signal }).catch(() => undefined);
    },
  };
}
