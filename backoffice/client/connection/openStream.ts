import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import { createSseParser, type SseBlock } from './createSseParser.ts';
import { readSyncEvent, unreadableEvent } from './readSyncEvent.ts';
import { queryOf, type Subscription } from './subscription.ts';
import type { OpenTransport, Wire } from './transport.ts';

/**
 * The SSE transport, read with `fetch`: unlike an EventSource it can send a token, sees why it was refused, and hears the
 * heartbeats, by which it knows a dead connection and its place in a quiet one. Other subscription, other request.
 */
export const openStream: OpenTransport = (wire, first, listener) => {
  let request = new AbortController();
  let isOver = false;

  const open = (subscription: Subscription): void => {
    request.abort();
    const mine = new AbortController();
    request = mine;
    const isPast = () => mine.signal.aborted;
    const end = (problem: SyncProblem, retryAfterMs: number | null = null): void => {
      if (isPast()) return;
      mine.abort();
      listener.onEnd(problem, retryAfterMs);
    };
    const take = ({ id, data }: SseBlock): void => {
      if (isPast()) return;
      const event = data === null ? 'unknown' : readSyncEvent(data);
      if (event === null) return end(unreadableEvent);
      if (event !== 'unknown' && event.type === 'error') return end(event.problem);
      if (event !== 'unknown') listener.onEvent(subscription, event);
      // After its event: what a listener does in between may close this.
      if (id !== null && !isPast()) listener.onEvent(subscription, { type: 'place', cursor: id });
    };
    const parse = createSseParser(take);
    readStream(wire, subscription, mine.signal, {
      onPiece(piece) {
        listener.onAlive();
        if (!isPast()) listener.onReady();
        if (!isPast()) parse(piece);
      },
      onEnd: end,
    }).catch((cause: unknown) =>
      end({
        code: 'NETWORK_FAILED',
        title: 'The server cannot be reached',
        status: 0,
        detail: cause instanceof Error ? cause.message : String(cause),
      }),
    );
  };

  open(first);
  return {
    follow: (subscription) => {
      if (!isOver) open(subscription);
    },
    say: () => false,
    probe: () => false,
    close() {
      isOver = true;
      request.abort();
    },
  };
};

async function readStream(
  wire: Wire,
  subscription: Subscription,
  signal: AbortSignal,
  tell: { onPiece(piece: string): void; onEnd(problem: SyncProblem, retryAfterMs?: number | null): void },
): Promise<void> {
  const { http } = wire;
  const query = queryOf(subscription.request);
  const response = await http.fetch(`${http.backendUrl}/stream?${query}`, {
    headers: { Accept: 'text/event-stream', ...(http.token ? { Authorization: `Bearer ${http.token}` } : {}) },
    credentials: http.token ? 'omit' : 'include',
    cache: 'no-store',
    signal,
  });
  const type = response.headers.get('Content-Type') ?? '';
  if (!response.ok || !type.startsWith('text/event-stream') || !response.body) {
    const text = await response.text();
    const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
    return tell.onEnd(refusal(response.status, type, text), Number.isFinite(seconds) ? seconds * 1000 : null);
  }
  const reader = response.body.getReader();
  // `stream: true` holds back the bytes of a character that a piece was cut in.
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    tell.onPiece(decoder.decode(value, { stream: true }));
  }
  tell.onEnd({ code: 'NETWORK_FAILED', title: 'The server cannot be reached', status: 0, detail: 'The stream ended.' });
}

function refusal(status: number, type: string, text: string): SyncProblem {
  let body: JsonValue = null;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch {
    // Not one of our problems: the status says what is known.
  }
  if (isJsonObject(body) && typeof body['code'] === 'string' && typeof body['title'] === 'string')
    return { ...body, code: body['code'], title: body['title'], status };
  if (status === 200)
    return { ...unreadableEvent, detail: `Expected text/event-stream, ${type || 'no Content-Type'} came.` };
  return { code: 'HTTP_ERROR', title: 'The server refused the request', status, detail: `HTTP ${status}` };
}
