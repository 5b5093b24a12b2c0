import { parseCursor } from '../../shared/cursor.ts';
import type { SyncEvent } from '../../shared/protocol/events.ts';
import { checkOptions } from './checkOptions.ts';
import { systemClock, type Clock } from './clock.ts';
import { browserConnectivity, type Connectivity } from './connectivity.ts';
import { pollChanges } from './pollChanges.ts';
import type { Transport } from './sendRequest.ts';
import type { SyncProblem } from './SyncRequestError.ts';

/** How the page hears of changes. `since` is when this state began. */
export interface LiveStatus {
  readonly state: 'connecting' | 'live' | 'polling' | 'offline';
  readonly since: Date;
  readonly problem?: SyncProblem;
}

/** Options of the live connection; an unknown one throws `OPTION_UNKNOWN`. */
export interface LiveChangesOptions {
  /** Origin and path before `/api/…`. Default `''`, the same origin. */
  readonly backendUrl?: string;
  readonly resources: readonly string[];
  /** The cursor to go on from, such as `X-Sync-Cursor` of what was loaded. Default: from now. */
  readonly since?: string;
  readonly onEvent: (event: SyncEvent) => void;
  readonly onStatus?: (status: LiveStatus) => void;
  /** Default the browser's. */
  readonly EventSource?: typeof EventSource;
  /** Default the browser's. */
  readonly fetch?: typeof fetch;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Default what the browser says: `navigator.onLine` and its events. */
  readonly connectivity?: Connectivity;
}

/** A live connection. */
export interface LiveChanges {
  getStatus(): LiveStatus;
  /** Tries at once instead of at the next step. */
  reconnect(): void;
  close(): void;
}

/** Milliseconds without a stream after which the page polls. */
const patienceMs = 3000;

/**
 * A place in a log that never was. Once the page was live without a cursor, starting "now" again would hide what came in
 * between; this is answered with a reset.
 */
const unknownPlace = '00000000-0000-7000-8000-000000000000:0';

/**
 * Follows changes by SSE, and by polling while SSE cannot be had; the stream is tried all the time.
 *
 *   connecting ──open──► live ──error──► connecting ──3 s──► polling ──open──► live
 *                                             └── no answer to a poll either: offline
 *
 * Each event comes once and in order, whichever way it came; a `reset` says that something was missed: load again.
 */
export function createLiveChanges(options: LiveChangesOptions): LiveChanges {
  checkOptions(options, knownOptions);
  const { clock = systemClock, connectivity = browserConnectivity } = options;
  const Source = options.EventSource ?? globalThis.EventSource;
  const transport: Transport = {
    backendUrl: (options.backendUrl ?? '').replace(/\/+$/, ''),
    timeoutMs: 20_000,
    token: undefined,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    clock,
  };
  let status: LiveStatus = { state: 'connecting', since: new Date(clock.now()) };
  let cursor = options.since ?? null;
  let source: EventSource | null = null;
  let failures = 0;
  let wasLive = false;
  let isClosed = false;
  let stopPolling: (() => void) | null = null;
  let stopRetry = () => {};
  let stopPatience: (() => void) | null = null;

  const tell = (state: LiveStatus['state'], problem?: SyncProblem): void => {
    if (status.state === state && status.problem?.code === problem?.code) return;
    const since = status.state === state ? status.since : new Date(clock.now());
    status = { state, since, ...(problem ? { problem } : {}) };
    options.onStatus?.(status);
  };

  const take = (event: SyncEvent): void => {
    // The stream and a poll overlap by design; what one of them brought already is dropped.
    if (event.type === 'change' && isSeen(event.cursor, cursor)) return;
    if (event.type === 'change' || event.type === 'reset') cursor = event.cursor;
    options.onEvent(event);
  };

  const startPolling = (): void => {
    stopPatience = null;
    stopPolling ??= pollChanges({
      transport,
      resources: options.resources,
      cursor: () => cursor ?? '0',
      onEvents(events, upTo) {
        for (const event of events) take(event);
        if (!isSeen(upTo, cursor)) cursor = upTo;
      },
      onOutcome: (problem) => tell(problem === null ? 'polling' : 'offline', problem ?? undefined),
    });
  };

  const open = (): void => {
    stopRetry();
    source?.close();
    if (isClosed) return;
    if (!connectivity.isOnline()) {
      stopPolling?.();
      stopPolling = null;
      stopPatience?.();
      stopPatience = null;
      tell('offline');
      return;
    }
    stopPatience ??= stopPolling === null ? clock.after(patienceMs, startPolling) : null;
    const since = cursor ?? (wasLive ? unknownPlace : null);
    const query = new URLSearchParams({ resources: options.resources.join(','), ...(since === null ? {} : { since }) });
    const opened = new Source(`${transport.backendUrl}/api/sync/stream?${query}`, {
      withCredentials: transport.backendUrl !== '',
    });
    source = opened;
    opened.onopen = () => {
      failures = 0;
      wasLive = true;
      stopPatience?.();
      stopPatience = null;
      stopPolling?.();
      stopPolling = null;
      tell('live');
    };
    opened.onmessage = (message: MessageEvent<string>) => {
      const event = parseEvent(message.data);
      if (event) take(event);
    };
    opened.onerror = () => {
      // EventSource's own retry waits as long as it likes and gives up after some answers: each try is a new one here.
      opened.close();
      if (source !== opened || isClosed) return;
      if (stopPolling === null) tell('connecting');
      const step = Math.min(3000, 500 * 2 ** failures);
      const random = clock.random();
      const delayMs = failures === 0 ? step * random : step / 2 + (step / 2) * random;
      failures = Math.min(failures + 1, 8);
      stopPatience ??= stopPolling === null ? clock.after(patienceMs, startPolling) : null;
      stopRetry();
      stopRetry = clock.after(delayMs, open);
    };
  };

  const reconnect = (): void => {
    failures = 0;
    if (status.state === 'offline' && connectivity.isOnline() && stopPolling === null) tell('connecting');
    open();
  };
  const stopListening = connectivity.subscribe(reconnect);
  open();

  return {
    getStatus: () => status,
    reconnect,
    close() {
      isClosed = true;
      stopListening();
      stopRetry();
      stopPatience?.();
      stopPolling?.();
      source?.close();
    },
  };
}

const knownOptions = [
  'backendUrl',
  'resources',
  'since',
  'onEvent',
  'onStatus',
  'EventSource',
  'fetch',
  'clock',
  'connectivity',
] as const;

function isSeen(cursor: string, latest: string | null): boolean {
  const [one, other] = [parseCursor(cursor), latest === null ? null : parseCursor(latest)];
  return one !== null && other !== null && one.epoch === other.epoch && one.seq <= other.seq;
}

function parseEvent(text: string): SyncEvent | null {
  try {
    const event: unknown = JSON.parse(text);
    return typeof event === 'object' && event !== null && 'type' in event ? (event as SyncEvent) : null;
  } catch {
    return null; // A line that is no event of ours says nothing; the cursor stays, so nothing is lost.
  }
}
