import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Sink } from './runReader.ts';
import { createStreamSink } from './streamSink.ts';
import type { WrittenEvent } from './writtenEvent.ts';

/** Bytes that wait in a socket that compresses before nothing more is read for it. */
const maxBufferedBytes = 65_536;

/**
 * The events of a socket, as text frames.
 *
 * `raw` is the connection under it: a frame from a server is the same bytes for every client, so the whole frame is made once
 * and written there, which is faster than a header and a body for each. ws writes its own frames whole and in one step too,
 * so they never come in between. A socket that agreed on compression has frames of its own, and goes through ws.
 */
export function createSocketSink(socket: WebSocket, raw: Duplex): Sink {
  if (socket.extensions !== '') return createTextSink(socket, (event) => event.text);
  const sink = createStreamSink(raw, (of) => of.frame);
  let isCorked = false;
  // Events that come one after the other without a wait, as to a reader that catches up, leave in one write too.
  const cork = (): void => {
    if (isCorked) return;
    isCorked = true;
    raw.cork();
    process.nextTick(() => {
      isCorked = false;
      raw.uncork();
    });
  };
  // After its close frame nothing may follow.
  const isOver = (): boolean => socket.readyState !== socket.OPEN;
  return {
    send(event) {
      if (isOver()) return true;
      cork();
      return sink.send(event);
    },
    sendAll: (batch) => isOver() || sink.sendAll(batch),
    drained: sink.drained,
  };
}

/** A sink that says something of its own about each event; null for nothing. */
export function createTextSink(socket: WebSocket, toText: (event: WrittenEvent) => Buffer | string | null): Sink {
  // Several may wait: the reader, and presence beside it.
  const waiting = new Set<() => void>();
  const afterSend = (): void => {
    if (socket.bufferedAmount < maxBufferedBytes) for (const wake of [...waiting]) wake();
  };
  const send = (event: WrittenEvent): boolean => {
    const text = toText(event);
    if (text !== null) socket.send(text, { binary: false }, afterSend);
    return socket.bufferedAmount < maxBufferedBytes;
  };
  return {
    send,
    sendAll({ events }) {
      for (const event of events) send(event);
      return socket.bufferedAmount < maxBufferedBytes;
    },
    async drained(signal) {
      if (signal.aborted || socket.bufferedAmount < maxBufferedBytes) return;
      // Woken by the end of a send: something is on its way, or the buffer would not be full.
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
