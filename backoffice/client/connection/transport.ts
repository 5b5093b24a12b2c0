import type { ClientFrame } from '../../../shared/protocol/frames.ts';
import type { SyncEvent } from '../../../shared/protocol/events.ts';
import type { Clock } from '../clock.ts';
import type { Transport as HttpTransport } from '../sendRequest.ts';
import type { SyncProblem } from '../SyncRequestError.ts';
import type { Subscription } from './subscription.ts';

/** The ways to hear of changes, the best one first. */
export const transportNames = ['websocket', 'sse', 'longPoll', 'poll'] as const;

/** One of them. */
export type TransportName = (typeof transportNames)[number];

/** True for the ways on which the client asks; on the others the server speaks by itself. */
export function isPolling(name: TransportName): boolean {
  return name === 'longPoll' || name === 'poll';
}

/** Milliseconds between two signs of life of the server. Silence for two of them is a dead connection. */
export const heartbeatMs = 25_000;

/** What every transport needs of the page. */
export interface Wire {
  readonly clock: Clock;
  /** `backendUrl` is the address up to `/api/sync`. */
  readonly http: HttpTransport;
  readonly websocketUrl: string | null;
  readonly pollingIntervalMs: number;
  readonly WebSocket: typeof WebSocket | undefined;
  /** Undefined: the stream is read with `fetch`, which can send a token, see a status and a place without data. */
  readonly EventSource: typeof EventSource | undefined;
}

/** Whom an opened transport tells. Nothing is told after `onEnd`, nor after `close`. */
export interface TransportListener {
  /** The server spoke for the first time: from now on this transport carries the data. */
  readonly onReady: () => void;
  /** Something came, whatever it was. */
  readonly onAlive: () => void;
  /** `subscription` is the one under which the server told it; false stops the transport, with what it still holds. */
  readonly onEvent: (subscription: Subscription, event: SyncEvent) => void;
  /** The transport is over. Told once. */
  readonly onEnd: (problem: SyncProblem, retryAfterMs: number | null) => void;
}

/** A transport that was opened and may not be there yet. */
export interface OpenedTransport {
  /** Follows something else from now on. */
  follow(subscription: Subscription): void;
  /** Says something to the server; false when this transport cannot, or not now. */
  say(frame: ClientFrame): boolean;
  /** Asks for a sign of life; false when this transport cannot ask. */
  probe(): boolean;
  /** Idempotent; tells nobody. */
  close(): void;
}

/** Opens one transport for one try. */
export type OpenTransport = (wire: Wire, subscription: Subscription, listener: TransportListener) => OpenedTransport;
