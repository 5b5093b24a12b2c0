import { isJsonObject, type JsonObject } from '../../../shared/json.ts';

/** A socket that carries plain JSON frames and comes back after a cut. */
export interface PlainSocket {
  /** True when it was handed to an open socket; false while there is none. */
  send(data: unknown): boolean;
  /** Opens a new socket at once. */
  reconnect(): void;
  close(): void;
}

/** How a plain socket behaves, and who is told. */
export interface PlainSocketOptions {
  readonly url: string;
  readonly autoReconnect: boolean;
  /** Milliseconds after a cut at most; half of them at least, so that many tabs do not come back at once. */
  readonly reconnectInterval: number;
  readonly WebSocket: typeof WebSocket;
  readonly onMessage: (data: unknown) => void;
  readonly onOpen: (isOpen: boolean) => void;
  /** The server refuses for good: trying again would be refused again. Not where it said when to come back: who he is then is asked anew. */
  readonly onRefused: (sentence: string) => void;
}

/** Opens a plain socket. */
export function openPlainSocket(options: PlainSocketOptions): PlainSocket {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the server said to come back, in what it said last about what is wrong; milliseconds. */
  let returnMs: number | null = null;

  const drop = (): void => {
    clearTimeout(timer);
    const old = socket;
    socket = null;
    old?.close();
  };
  const open = (): void => {
    drop();
    const opened = new options.WebSocket(options.url);
    socket = opened;
    // What an older socket still says is not for the one that took its place.
    const isCurrent = (): boolean => socket === opened;
    opened.onopen = () => isCurrent() && options.onOpen(true);
    returnMs = null;
    opened.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!isCurrent()) return;
      const message = read(data);
      if (isError(message)) returnMs = returnMsIn(message);
      options.onMessage(message);
    };
    opened.onclose = ({ code, reason }) => {
      if (!isCurrent()) return;
      socket = null;
      options.onOpen(false);
      const refusal = refusals[code];
      if (refusal !== undefined && returnMs === null)
        return options.onRefused(`${options.url} refuses (${code}): ${refusal}${reason && ` (${reason})`}.`);
      const waitMs = Math.max(options.reconnectInterval, 2 * (returnMs ?? 0));
      if (options.autoReconnect) timer = setTimeout(open, waitMs * (0.5 + Math.random() / 2));
    };
  };
  open();
  return {
    send(data) {
      if (socket?.readyState !== 1) return false;
      socket.send(typeof data === 'string' ? data : JSON.stringify(data));
      return true;
    },
    reconnect: open,
    close: drop,
  };
}

/** A path as the address of a socket: of the page, unless it names a server. */
export function socketAddress(path: string): string {
  const url = new URL(path, typeof location === 'undefined' ? undefined : location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}

const refusals: Readonly<Record<number, string>> = {
  4400: 'the server did not understand',
  4401: 'sign in first, then call reconnect',
  4403: 'you may not enter',
};

function isError(message: unknown): message is JsonObject {
  return isJsonObject(message) && message['type'] === 'error';
}

function returnMsIn({ problem }: JsonObject): number | null {
  const seconds = isJsonObject(problem) ? problem['retryAfterSeconds'] : null;
  return typeof seconds === 'number' ? seconds * 1_000 : null;
}

function read(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data; // Not JSON: a server of somebody else, whose text is handed on as it came.
  }
}
