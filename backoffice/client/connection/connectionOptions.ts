import { SyncError } from '../../../shared/problem.ts';
import { checkOptions } from '../checkOptions.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { Connectivity } from '../connectivity.ts';
import { transportNames, type TransportName, type Wire } from './transport.ts';

/** Options of a connection; an unknown one throws `OPTION_UNKNOWN`. */
export interface ConnectionOptions {
  /** Origin and path before `/api/…`. Default `''`, the same origin. */
  readonly backendUrl?: string;
  /** Default `/api/sync/ws` of the backend. */
  readonly websocketUrl?: string;
  /** The address below which `/poll`, `/stream`, `/send` and `/presence` are. Default `/api/sync` of the backend. */
  readonly pollingUrl?: string;
  /** Milliseconds from poll to poll where the server cannot hold one back. Default 5,000. */
  readonly pollingInterval?: number;
  /** Failed tries after which a transport is tried every 15 to 30 seconds instead of every 3. It is never given up. Default 10. */
  readonly maxReconnectAttempts?: number;
  /** Milliseconds for the first word of a transport, and for the answer of a poll. Default 10,000. */
  readonly connectionTimeout?: number;
  /** Default all: `websocket`, `sse`, `longPoll`, `poll`. They are always tried in this order. */
  readonly transports?: readonly TransportName[];
  /** An API token, sent instead of the cookie. A socket cannot carry it and is left out. */
  readonly token?: string;
  /** Told in sentences why an event does not come, such as `console.debug`. Default: nobody. */
  readonly debug?: (sentence: string) => void;
  /** Default the clock of the machine. */
  readonly clock?: Clock;
  /** Default what the browser says: `navigator.onLine` and its events. */
  readonly connectivity?: Connectivity;
  /** Default the browser's. */
  readonly WebSocket?: typeof WebSocket;
  /** Reads the stream instead of `fetch`. It sees neither heartbeats nor why it is refused. Default: none. */
  readonly EventSource?: typeof EventSource;
  /** Default the browser's. */
  readonly fetch?: typeof fetch;
}

const knownOptions = [
  'backendUrl',
  'websocketUrl',
  'pollingUrl',
  'pollingInterval',
  'maxReconnectAttempts',
  'connectionTimeout',
  'transports',
  'token',
  'debug',
  'clock',
  'connectivity',
  'WebSocket',
  'EventSource',
  'fetch',
] as const satisfies readonly (keyof ConnectionOptions)[];

/**
 * Checks the options and fills in what was not given.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID
 */
export function readConnectionOptions(options: ConnectionOptions): {
  readonly wire: Wire;
  readonly transports: readonly TransportName[];
  readonly connectionTimeoutMs: number;
  readonly maxReconnectAttempts: number;
} {
  checkOptions(options, knownOptions);
  const {
    transports = transportNames,
    pollingInterval = 5_000,
    connectionTimeout = 10_000,
    maxReconnectAttempts = 10,
  } = options;
  for (const [name, value] of Object.entries({ pollingInterval, connectionTimeout, maxReconnectAttempts })) {
    if (typeof value !== 'number' || !(value >= 0))
      throw new SyncError('OPTION_INVALID', `"${name}" has to be a number from 0; ${String(value)} came.`);
  }
  const strange = transports.find((name) => !transportNames.includes(name));
  if (strange !== undefined || transports.length === 0)
    throw new SyncError(
      'OPTION_INVALID',
      `"transports" takes ${transportNames.join(', ')}; ${strange ?? 'none'} came.`,
    );
  const backendUrl = (options.backendUrl ?? '').replace(/\/+$/, '');
  const syncUrl = (options.pollingUrl ?? `${backendUrl}/api/sync`).replace(/\/+$/, '');
  const wire: Wire = {
    clock: options.clock ?? systemClock,
    http: {
      backendUrl: syncUrl,
      timeoutMs: connectionTimeout,
      token: options.token,
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      clock: options.clock ?? systemClock,
    },
    websocketUrl: options.websocketUrl ?? socketUrl(backendUrl),
    pollingIntervalMs: pollingInterval,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    EventSource: options.EventSource,
  };
  return { wire, transports, connectionTimeoutMs: connectionTimeout, maxReconnectAttempts };
}

/** The socket's address of a backend; null where an address without an origin leads nowhere. */
function socketUrl(backendUrl: string): string | null {
  const base = typeof location === 'undefined' ? undefined : location.href;
  if (!URL.canParse(`${backendUrl}/api/sync/ws`, base)) return null;
  const url = new URL(`${backendUrl}/api/sync/ws`, base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
