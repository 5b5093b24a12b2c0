import type { ClientFrame } from '../../../shared/protocol/frames.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import { readSyncEvent, unreadableEvent } from './readSyncEvent.ts';
import { queryOf, type Subscription } from './subscription.ts';
import type { OpenTransport } from './transport.ts';

/**
 * The WebSocket transport.
 *
 * Each `subscribe` is answered by one `subscribed`, in order; what comes before the answer belongs to the subscription before.
 * A socket that was given up is let go at once: its `close` can come a minute later, when another one is live.
 */
export const openSocket: OpenTransport = (wire, first, listener) => {
  if (!wire.WebSocket || wire.websocketUrl === null) throw new TypeError('No WebSocket here.');
  const asked: Subscription[] = [first];
  let current: Subscription | null = null;
  let isOver = false;
  let said: SyncProblem | null = null;
  const query = queryOf(first.request);
  const socket = new wire.WebSocket(`${wire.websocketUrl}${wire.websocketUrl.includes('?') ? '&' : '?'}${query}`);

  const letGo = (): void => {
    isOver = true;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Stays: an `error` that nobody listens to ends a Node process.
    socket.onerror = () => undefined;
    if (socket.readyState <= 1) socket.close();
  };
  const end = (problem: SyncProblem): void => {
    if (isOver) return;
    letGo();
    const seconds = problem['retryAfterSeconds'];
    listener.onEnd(problem, typeof seconds === 'number' ? seconds * 1000 : null);
  };
  const say = (frame: ClientFrame): boolean => {
    if (isOver || socket.readyState !== 1) return false;
    socket.send(JSON.stringify(frame));
    return true;
  };

  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isOver) return;
    listener.onAlive();
    const event = typeof data === 'string' ? readSyncEvent(data) : null;
    if (event === null) return end(unreadableEvent);
    if (event === 'unknown') return;
    // Said before a close, or of one frame only: then the socket goes on.
    if (event.type === 'error') said = event.problem;
    if (event.type === 'subscribed') {
      current = asked.shift() ?? current;
      listener.onReady();
    }
    if (current && !isOver) listener.onEvent(current, event);
  };
  socket.onclose = ({ code, reason }: CloseEvent) => end(code >= 4000 && said ? said : problemOfClose(code, reason));
  socket.onerror = () => end(problemOfClose(1006, ''));

  return {
    follow(next) {
      // Not open yet: the address says the first one, and this one follows as soon as it was answered.
      asked.push(next);
      const frame = { type: 'subscribe', ...next.request } as const;
      if (!say(frame))
        socket.onopen = () => asked.slice(1).forEach((one) => say({ type: 'subscribe', ...one.request }));
    },
    say,
    probe: () => say({ type: 'ping' }),
    close: letGo,
  };
};

/** What a close code means, where no `error` frame said it. */
function problemOfClose(code: number, reason: string): SyncProblem {
  const detail = reason || `The socket was closed with ${code}.`;
  if (code === 4401) return { code: 'LOGIN_REQUIRED', title: 'Sign in first', status: 401, detail };
  if (code === 4403) return { code: 'FORBIDDEN', title: 'You may not do this', status: 403, detail };
  if (code === 4400)
    return { code: 'BAD_PARAMETER', title: 'A parameter of the request is not valid', status: 400, detail };
  if (code === 4503) return { code: 'TOO_MANY_CONNECTIONS', title: 'Too many open connections', status: 503, detail };
  return { code: 'NETWORK_FAILED', title: 'The server cannot be reached', status: 0, detail };
}
