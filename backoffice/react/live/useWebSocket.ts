import { useCallback, useEffect, useRef, useState } from 'react';
import { useLatest } from '../useLatest.ts';
import { warnOnce } from '../warnOnce.ts';
import { openPlainSocket, socketAddress, type PlainSocket } from './openPlainSocket.ts';

/** Options of `useWebSocket`; nothing is needed. */
export interface WebSocketOptions<Message = unknown> {
  /** Called with each message of a burst; JSON is read already. */
  readonly onMessage?: (message: Message) => void;
  /** Default true. */
  readonly autoReconnect?: boolean;
  /** Milliseconds until the next try at most. Default 3,000. */
  readonly reconnectInterval?: number;
  /** False opens nothing. Default true. */
  readonly enabled?: boolean;
  /** Default the browser's. */
  readonly WebSocket?: typeof WebSocket;
}

/** What `useWebSocket` gives; the functions stay the same from render to render. */
export interface UsedWebSocket<Message = unknown> {
  /** Sends JSON, or a text as it is; false while the socket is not open. */
  send(data: unknown): boolean;
  /** For display: of a burst it is the last one only. */
  readonly lastMessage: Message | null;
  readonly isConnected: boolean;
  /** Opens a new socket at once, also after a refusal. */
  reconnect(): void;
}

/**
 * A plain socket: `/api/ws/notifications`, `/api/ws/room/project:4`, or one of your own.
 *
 * It begins with what is said from now on; what must not be missed is followed with `useRealtimeSubscription`.
 */
export function useWebSocket<Message = unknown>(
  path: string,
  options: WebSocketOptions<Message> = {},
): UsedWebSocket<Message> {
  const { autoReconnect = true, reconnectInterval = 3_000, enabled = true } = options;
  const [lastMessage, setLastMessage] = useState<Message | null>(null);
  const [isConnected, setConnected] = useState(false);
  const socket = useRef<PlainSocket | null>(null);
  const latest = useLatest(options);

  useEffect(() => {
    if (!enabled) return undefined;
    const opened = openPlainSocket({
      url: socketAddress(path),
      autoReconnect,
      reconnectInterval,
      WebSocket: latest.current.WebSocket ?? WebSocket,
      onOpen: setConnected,
      onMessage(data) {
        // What the caller says arrives here is believed, as with any JSON.
        const message = data as Message;
        setLastMessage(() => message);
        latest.current.onMessage?.(message);
      },
      onRefused: warnOnce,
    });
    socket.current = opened;
    return () => {
      opened.close();
      socket.current = null;
      setConnected(false);
    };
  }, [path, autoReconnect, reconnectInterval, enabled, latest]);

  const send = useCallback((data: unknown) => socket.current?.send(data) ?? false, []);
  const reconnect = useCallback(() => socket.current?.reconnect(), []);
  return { send, lastMessage, isConnected, reconnect };
}
