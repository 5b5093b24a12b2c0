import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { formatCursor } from '../../../shared/cursor.ts';
import type { JsonValue } from '../../../shared/json.ts';
import { frameLimits, type ClientFrame, type SubscriptionRequest } from '../../../shared/protocol/frames.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { User } from '../../auth/permissions.ts';
import type { LiveConnection } from './liveConnections.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { readFrame } from './readFrame.ts';
import type { Reader } from './runReader.ts';
import { refuseSocket, tieSocket } from './socketLife.ts';
import { createSocketSink } from './socketSink.ts';

/** Heartbeats that a visitor's socket may follow nothing: it costs a place that somebody else is refused. */
const maxIdleBeats = 2;
/** Names under which one socket may be present. */
const maxKeys = 50;

/** Sends what a user says in a room. */
export type SendToRoom = (
  user: User,
  of: {
    readonly room: string;
    readonly type: string;
    readonly payload: JsonValue;
    /** Chosen by whoever has to know his own message when it comes back. Default: a new one. */
    readonly id?: string;
  },
) => Promise<unknown>;

/** One socket that speaks our protocol. */
export interface ServeSocketOptions {
  readonly socket: WebSocket;
  /** The connection under it. */
  readonly raw: Duplex;
  readonly connection: LiveConnection;
  readonly user: User | null;
  readonly parts: RealtimeParts;
  readonly heartbeatMs: number;
  /** What the address asked for; null waits for a `subscribe`. */
  readonly first: SubscriptionRequest | null;
  readonly send: SendToRoom;
  readonly onError: (error: unknown) => void;
}

/**
 * Serves a socket: one subscription at a time, replaced by each `subscribe`; presence and messages of rooms beside it.
 *
 * Frames are taken one after the other, in their order. What a client got wrong is answered with an `error` frame; after a
 * frame that is none of ours, or too many of them, the socket is closed, since nothing that it says can be trusted to be meant.
 */
export function serveSocket(options: ServeSocketOptions): void {
  // Nothing below keeps the options themselves: most sockets are idle, and what each of them keeps is what many cost.
  const { socket, raw, connection, user, parts, heartbeatMs, first, send, onError } = options;
  const { presence } = parts;
  let ownKey: string | null = null;
  const keys = new Set<string>();
  const sink = createSocketSink(socket, raw);
  let reader: Reader | null = null;
  let idleBeats = 0;
  let turn = Promise.resolve();

  async function subscribe(wanted: SubscriptionRequest): Promise<void> {
    const prepared = await connection.prepare(wanted);
    if (connection.signal.aborted) return;
    socket.send(
      JSON.stringify({ type: 'subscribed', cursor: formatCursor(prepared.after), user_id: user?.id ?? null }),
    );
    const started = connection.follow(prepared, sink);
    reader = started;
    started.ended.catch((error: unknown) => refuseSocket(socket, error, onError));
  }

  async function take(frame: ClientFrame): Promise<void> {
    // It waited for its turn while the connection ended: whoever was revoked says nothing more.
    if (connection.signal.aborted) return;
    switch (frame.type) {
      case 'subscribe':
        return subscribe(frame);
      case 'ping':
        socket.send('{"type":"pong"}');
        return;
      case 'presence':
        return track(frame);
      case 'send': {
        const who = signedIn();
        await parts.rooms.refuse(who, frame.room);
        connection.refuseRevoked();
        await send(who, { room: frame.room, ...frame.message });
      }
    }
  }

  async function track({ channel, key: given, state }: ClientFrame & { type: 'presence' }): Promise<void> {
    ownKey ??= randomUUID();
    const key = given ?? ownKey;
    const { id, name } = signedIn();
    if (state === null) return presence.untrack(channel, key, id);
    await parts.rooms.refuse(user, channel);
    if (connection.signal.aborted) return;
    if (!keys.has(key) && keys.size >= maxKeys)
      throw new SyncError('PRESENCE_LIMIT', `At most ${maxKeys} keys over one socket; one names a tab.`);
    presence.track({ channel, key, user: { id, name }, state }, ownKey);
    keys.add(key);
  }

  function signedIn(): User {
    if (user !== null) return user;
    throw new SyncError('LOGIN_REQUIRED', 'Presence and messages are for people who sign in.');
  }

  const mayTakeFrame = createFrameLimit();
  socket.on('message', (data, isBinary) => {
    if (connection.signal.aborted) return;
    try {
      if (!mayTakeFrame())
        throw new SyncError('RATE_LIMITED', `At most ${frameLimits.maxFramesPer10s} frames in 10 seconds.`);
      const frame = readFrame(data, isBinary);
      turn = turn.then(() => take(frame)).catch((error: unknown) => say(error, frame));
    } catch (error) {
      refuseSocket(socket, error, onError);
    }
  });

  /** A subscription that was refused leaves nothing to follow: the socket ends. Everything else is said, and goes on. */
  function say(error: unknown, frame: ClientFrame): void {
    refuseSocket(socket, error, onError, { close: frame.type === 'subscribe' });
  }

  const alive = (): void => {
    if (user !== null) for (const key of keys) presence.touch(key, user.id);
  };
  tieSocket({
    socket,
    connection,
    heartbeatMs,
    onAlive: alive,
    onBeat() {
      if (reader === null && user === null && (idleBeats += 1) > maxIdleBeats)
        refuseSocket(
          socket,
          new SyncError('BAD_PARAMETER', 'Send { "type": "subscribe" }: nothing was followed.'),
          onError,
        );
      if (reader !== null && !raw.writableNeedDrain)
        socket.send(JSON.stringify({ type: 'place', cursor: formatCursor(reader.place) }));
    },
  });
  connection.signal.addEventListener('abort', () => {
    if (user !== null && ownKey !== null) for (const key of keys) presence.leaveAll(key, user.id, ownKey);
  });
  if (first !== null) {
    const frame: ClientFrame = { type: 'subscribe', ...first };
    turn = turn.then(() => take(frame)).catch((error: unknown) => say(error, frame));
  }
}

/** False for a frame too many. */
export function createFrameLimit(): () => boolean {
  let windowStart = Date.now();
  let count = 0;
  return () => {
    const now = Date.now();
    if (now - windowStart >= 10_000) {
      windowStart = now;
      count = 0;
    }
    count += 1;
    return count <= frameLimits.maxFramesPer10s;
  };
}
