import type { WebSocket } from 'ws';
import { SyncError, toProblem } from '../../../shared/problem.ts';
import { identityEnded } from '../../auth/revocations.ts';
import type { EndReason, LiveConnection } from './liveConnections.ts';

/** Close codes of our own, beside those of RFC 6455; the same numbers as HTTP where there is one. */
export const closeCodes = {
  badFrame: 4400,
  signIn: 4401,
  forbidden: 4403,
  tooManyFrames: 4429,
  tooMany: 4503,
} as const;

/** Says what is wrong in a frame, since a browser does not show why a handshake failed, and closes unless told not to. */
export function refuseSocket(
  socket: WebSocket,
  error: unknown,
  onError: (error: unknown) => void,
  { close = true } = {},
): void {
  if (!(error instanceof SyncError)) onError(error);
  if (socket.readyState !== socket.OPEN) return;
  const problem = toProblem(error);
  socket.send(JSON.stringify({ type: 'error', problem }));
  if (close) closeSoon(socket, codeOf(problem.status), problem.code);
}

function codeOf(status: number): number {
  if (status === 401) return closeCodes.signIn;
  if (status === 403) return closeCodes.forbidden;
  if (status === 429) return closeCodes.tooManyFrames;
  if (status === 503) return closeCodes.tooMany;
  return status < 500 ? closeCodes.badFrame : 1011;
}

/**
 * Ties a socket and its connection together: the end of one is the end of the other. A socket from which nothing came for two
 * heartbeats, not even the answer to a ping, is dead: a laptop that was closed says nothing.
 */
export function tieSocket(options: {
  readonly socket: WebSocket;
  readonly connection: LiveConnection;
  readonly heartbeatMs: number;
  /** Called with each heartbeat of a living socket. */
  readonly onBeat: () => void;
  /** Called with each sign of life from the other side. */
  readonly onAlive: () => void;
}): void {
  const { socket, connection, onBeat, onAlive } = options;
  let silentBeats = 0;
  const isAlive = (): void => {
    silentBeats = 0;
    onAlive();
  };
  socket.on('pong', isAlive);
  socket.on('message', () => {
    isAlive();
    // Events stop while a socket is full; answers do not, so who asks on without reading is no client.
    if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
  });
  const heartbeat = setInterval(() => {
    if (silentBeats >= 2) {
      socket.terminate();
      return;
    }
    silentBeats += 1;
    socket.ping();
    onBeat();
  }, options.heartbeatMs);
  socket.once('close', () => {
    clearInterval(heartbeat);
    connection.end();
  });
  const onEnd = (): void => closeFor(socket, connection.signal.reason as EndReason);
  if (connection.signal.aborted) onEnd();
  else connection.signal.addEventListener('abort', onEnd, { once: true });
}

/** Bytes of answers that a client may leave unread while it goes on asking. */
const maxUnreadBytes = 65_536;

/** How long the answer to a close frame is waited for: a client that gives none must not keep a server that stops. */
const closeWaitMs = 5_000;

function closeSoon(socket: WebSocket, code: number, reason = ''): void {
  const timer = setTimeout(() => socket.terminate(), closeWaitMs);
  socket.once('close', () => clearTimeout(timer));
  socket.close(code, reason);
}

function closeFor(socket: WebSocket, reason: EndReason): void {
  if (socket.readyState === socket.CLOSED) return;
  if (reason === 'revoked') {
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify({ type: 'error', problem: toProblem(identityEnded()) }));
    closeSoon(socket, closeCodes.signIn, 'LOGIN_REQUIRED');
  } else closeSoon(socket, reason === 'closing' ? 1012 : 1000, reason === 'closing' ? 'the server stops' : '');
}
