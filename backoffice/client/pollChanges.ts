import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import type { SyncEvent } from '../../shared/protocol/events.ts';
import { retryDelayMs } from './retryDelayMs.ts';
import { sendRequest, type Transport } from './sendRequest.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/** What polling needs, and whom it tells. */
export interface PollOptions {
  readonly transport: Transport;
  readonly resources: readonly string[];
  /** Where to go on from; `0` when nothing was seen yet. */
  readonly cursor: () => string;
  readonly onEvents: (events: readonly SyncEvent[], cursor: string) => void;
  /** Null after a poll that was answered. */
  readonly onOutcome: (problem: SyncProblem | null) => void;
}

/** Seconds for which the server may hold a poll that has nothing to say. */
const waitSeconds = 5;

/** Asks again and again what has changed; returns how to stop. */
export function pollChanges(options: PollOptions): () => void {
  const gone = new AbortController();
  const { clock } = options.transport;
  let stopTimer = () => {};
  let failures = 0;

  const poll = async (): Promise<void> => {
    const startedMs = clock.now();
    const query = new URLSearchParams({
      since: options.cursor(),
      wait: String(waitSeconds),
      resources: options.resources.join(','),
    });
    const request = { url: `/api/sync/poll?${query}`, method: 'GET', headers: { Accept: 'application/json' } };
    const answer = await sendRequest(options.transport, request, gone.signal);
    if (gone.signal.aborted) return;
    const { problem } = answer;
    failures = problem === null ? 0 : failures + 1;
    if (answer.kind === 'answered' && problem === null && isJsonObject(answer.body)) deliver(answer.body);
    options.onOutcome(problem);
    // At least a second from poll to poll: a server that holds nothing back would be asked without end.
    const restMs = Math.max(0, 1000 - (clock.now() - startedMs));
    const delayMs = problem === null ? restMs : retryDelayMs(failures, clock.random());
    stopTimer = clock.after(delayMs, () => void poll());
  };

  const deliver = (body: JsonObject): void => {
    const cursor = typeof body['cursor'] === 'string' ? body['cursor'] : options.cursor();
    const events = (Array.isArray(body['messages']) ? body['messages'] : []) as unknown as readonly SyncEvent[];
    const isToldReset = events.some((event) => event.type === 'reset');
    const hole: SyncEvent = { type: 'reset', cursor, scope: 'changes', reason: 'retention' };
    options.onEvents(body['recovered'] === false && !isToldReset ? [...events, hole] : events, cursor);
  };

  void poll();
  return () => {
    gone.abort();
    stopTimer();
  };
}
