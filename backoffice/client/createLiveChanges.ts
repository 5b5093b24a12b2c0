import type { SyncEvent } from '../../shared/protocol/events.ts';
import type { SyncMessage } from '../../shared/protocol/messages.ts';
import { checkOptions } from './checkOptions.ts';
import type { Clock } from './clock.ts';
import type { ConnectionStatus } from './connection/connectionStatus.ts';
import { createConnection } from './connection/createConnection.ts';
import type { Connectivity } from './connectivity.ts';
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
  /** Called with each message for the user. Default: none travel. */
  readonly onMessage?: (message: SyncMessage) => void;
  /** Reads the stream instead of `fetch`, and leaves sockets out. It sees neither heartbeats nor why it is refused. Default: none. */
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

/**
 * Follows changes over a WebSocket, by SSE while there is none, and by polling while neither can be had; what is better is tried
 * all the time. A connection of its own: several things on one page share one better with `createConnection`.
 *
 * The socket comes first because a browser opens six ordinary connections to one site: six tabs with a stream each would leave
 * none for saving.
 *
 *   connecting ──open──► live ──error──► connecting ──3 s──► polling ──open──► live
 *                                             └── no answer to a poll either: offline
 *
 * Each event comes once and in order, whichever way it came; a `reset` says that something was missed: load again.
 */
export function createLiveChanges(options: LiveChangesOptions): LiveChanges {
  checkOptions(options, knownOptions);
  const { resources, since, onEvent, onStatus, onMessage, ...wire } = options;
  const isStream = wire.EventSource !== undefined;
  const connection = createConnection({
    ...wire,
    transports: isStream ? ['sse', 'longPoll', 'poll'] : ['websocket', 'sse', 'longPoll', 'poll'],
    connectionTimeout: 20_000,
    // There is nothing better than the stream to wait for: it is tried at the same pace for ever.
    ...(isStream ? { maxReconnectAttempts: Number.POSITIVE_INFINITY } : {}),
  });
  let told = toLiveStatus(connection.getStatus());
  const follower = connection.follow({
    resources,
    ...(since === undefined ? {} : { since }),
    onEvent,
    onStatus(status) {
      const next = toLiveStatus(status);
      const isSame = next.state === told.state && next.problem?.code === told.problem?.code;
      told = isSame ? told : next;
      if (!isSame) onStatus?.(told);
    },
  });
  if (onMessage) connection.onMessage(onMessage);
  return {
    getStatus: () => told,
    reconnect: () => connection.reconnect(),
    close() {
      // First, so that the end is not told as a loss.
      follower.close();
      connection.close();
    },
  };
}

/** Nobody tries any more after a refusal; for a page that is offline, with the reason. */
function toLiveStatus({ state, since, problem }: ConnectionStatus): LiveStatus {
  return { state: state === 'closed' ? 'offline' : state, since, ...(problem ? { problem } : {}) };
}

const knownOptions = [
  'backendUrl',
  'resources',
  'since',
  'onEvent',
  'onStatus',
  'onMessage',
  'EventSource',
  'fetch',
  'clock',
  'connectivity',
] as const;
