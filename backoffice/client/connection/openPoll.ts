import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import { sendRequest } from '../sendRequest.ts';
import { checkSyncEvent, unreadableEvent } from './readSyncEvent.ts';
import { queryOf, type Subscription } from './subscription.ts';
import type { OpenedTransport, OpenTransport, TransportListener, Wire } from './transport.ts';

/** Seconds for which the server may hold a long poll that has nothing to say; it takes 30 at most. */
const waitSeconds = 20;
/** The same while channels are followed: a poll that is held says nothing of who comes and goes. */
const waitSecondsWithChannels = 5;

/** Asks and lets the server wait for something to say. The first one does not wait: it shows that this way is open. */
export const openLongPoll: OpenTransport = (wire, first, listener) => poll(wire, first, listener, true);

/** Asks again and again at the interval of the connection. */
export const openPoll: OpenTransport = (wire, first, listener) => poll(wire, first, listener, false);

function poll(wire: Wire, first: Subscription, listener: TransportListener, isLong: boolean): OpenedTransport {
  let subscription = first;
  let request = new AbortController();
  let stopTimer = () => {};
  let isReady = false;
  let isOver = false;
  /** Stands for who was told to be in the channels: who came or went from poll to poll is told by the next one at once. */
  let members: string | null = null;
  /** As the first answer said: a session that ended between two polls would make a visitor of somebody without a word. */
  let isSomebody = false;

  const ask = async (): Promise<void> => {
    const mine = new AbortController();
    const asked = subscription;
    request = mine;
    const startedMs = wire.clock.now();
    // On from what was told, not from where the subscription began.
    const query = queryOf({ ...asked.request, since: asked.told ?? asked.request.since ?? '0' });
    query.delete('eventsPerSecond');
    if (isSomebody) query.set('signedIn', '1');
    if (asked.request.channels && members !== null) query.set('members', members);
    const longest = asked.request.channels ? waitSecondsWithChannels : waitSeconds;
    const wait = isLong && isReady ? longest : 0;
    query.set('wait', String(wait));
    // A held poll may take its time; beyond that it is as lost as any other request.
    const http = { ...wire.http, timeoutMs: wire.http.timeoutMs + wait * 1000 };
    const answer = await sendRequest(
      http,
      { url: `/poll?${query}`, method: 'GET', headers: { Accept: 'application/json' } },
      mine.signal,
    );
    if (mine.signal.aborted) return;
    const isRead = answer.kind === 'answered' && answer.problem === null && isJsonObject(answer.body);
    const events = isRead ? readEvents(answer.body, asked) : null;
    if (isRead && typeof answer.body['members'] === 'string') members = answer.body['members'];
    if (isRead && typeof answer.body['user_id'] === 'string') isSomebody = true;
    if (events === null) {
      const retryAfterMs = answer.kind === 'answered' ? answer.retryAfterMs : null;
      isOver = true;
      return listener.onEnd(answer.problem ?? unreadableEvent, retryAfterMs);
    }
    listener.onAlive();
    if (!mine.signal.aborted && !isReady) listener.onReady();
    isReady = true;
    for (const event of events) if (!mine.signal.aborted) listener.onEvent(asked, event);
    if (mine.signal.aborted) return;
    // At least a second from poll to poll: a server that holds nothing back would be asked without end.
    const restMs = isLong ? Math.max(0, 1000 - (wire.clock.now() - startedMs)) : wire.pollingIntervalMs;
    // A server that stops says when somebody will answer again.
    const closingMs = answer.kind === 'answered' ? (answer.retryAfterMs ?? 0) : 0;
    stopTimer = wire.clock.after(Math.max(closingMs, isLong && wait === 0 ? 0 : restMs), () => void ask());
  };

  void ask();
  return {
    follow(next) {
      if (isOver) return;
      subscription = next;
      request.abort();
      stopTimer();
      void ask();
    },
    say: () => false,
    probe: () => false,
    close() {
      isOver = true;
      request.abort();
      stopTimer();
    },
  };
}

/** What a poll told, its cursor as the last of it; null when it cannot be read: then nothing of it counts. */
function readEvents(body: JsonObject, asked: Subscription): readonly SyncEvent[] | null {
  const cursor = checkSyncEvent({ type: 'place', cursor: body['cursor'] ?? null });
  if (cursor === null || cursor === 'unknown' || cursor.type !== 'place') return null;
  const told = Array.isArray(body['messages']) ? (body['messages'] as readonly JsonValue[]) : [];
  const events = told.map(checkSyncEvent).filter((event) => event !== 'unknown');
  const isWhole = (event: SyncEvent | null): event is SyncEvent => event !== null;
  if (!events.every(isWhole)) return null;
  const isToldReset = events.some((event) => event.type === 'reset');
  const hole: SyncEvent = { type: 'reset', cursor: cursor.cursor, scope: 'changes', reason: 'retention' };
  const isHole = body['recovered'] === false && !isToldReset && asked.request.since !== undefined;
  return [...events, ...(isHole ? [hole] : []), cursor];
}
