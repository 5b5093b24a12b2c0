import type { SyncProblem } from '../SyncRequestError.ts';
import { unknownPlace } from './comparePlaces.ts';
import { readSyncEvent, unreadableEvent } from './readSyncEvent.ts';
import { queryOf, type Subscription } from './subscription.ts';
import type { OpenTransport } from './transport.ts';

/**
 * The SSE transport over an EventSource that was handed in. It sees neither heartbeats nor the status of a refusal, so a
 * dead connection shows only when the browser says so.
 */
export const openEventSource: OpenTransport = (wire, first, listener) => {
  const Source = wire.EventSource;
  if (!Source) throw new TypeError('No EventSource here.');
  let source: EventSource | null = null;

  const open = (subscription: Subscription): void => {
    source?.close();
    const opened = new Source(`${wire.http.backendUrl}/stream?${queryOf(subscription.request)}`, {
      withCredentials: /^https?:/.test(wire.http.backendUrl),
    });
    source = opened;
    const end = (problem: SyncProblem = unreachable): void => {
      // Its own retry waits as long as it likes and gives up after some answers: each try is a new one here.
      opened.close();
      if (source !== opened) return;
      source = null;
      listener.onEnd(problem, null);
    };
    opened.onopen = () => {
      if (source !== opened) return;
      listener.onAlive();
      listener.onReady();
      if (source === opened)
        listener.onEvent(subscription, { type: 'subscribed', cursor: subscription.request.since ?? unknownPlace });
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      if (source !== opened) return;
      listener.onAlive();
      const event = readSyncEvent(data);
      if (event === null) return end(unreadableEvent);
      if (event === 'unknown') return;
      if (event.type === 'error') return end(event.problem);
      listener.onEvent(subscription, event);
    };
    opened.onerror = () => end();
  };

  open(first);
  return {
    follow: open,
    say: () => false,
    probe: () => false,
    close() {
      source?.close();
      source = null;
    },
  };
};

const unreachable: SyncProblem = {
  code: 'NETWORK_FAILED',
  title: 'The server cannot be reached',
  status: 0,
  detail: 'The stream could not be opened, or ended.',
};
