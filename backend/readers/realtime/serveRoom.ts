import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { toPlainMessage } from '../../../shared/protocol/messages.ts';
import type { PresenceMember } from '../../../shared/protocol/presence.ts';
import { frameLimits, type SubscriptionRequest } from '../../../shared/protocol/frames.ts';
import { isJsonObject } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { User } from '../../auth/permissions.ts';
import { toRoomFrames } from '../../presence/toRoomFrames.ts';
import type { LiveConnection } from './liveConnections.ts';
import { readJsonFrame } from './readFrame.ts';
import type { RealtimeParts } from './realtimeParts.ts';
import { createFrameLimit, type SendToRoom } from './serveSocket.ts';
import { refuseSocket, tieSocket } from './socketLife.ts';
import { createTextSink } from './socketSink.ts';
import type { WrittenEvent } from './writtenEvent.ts';

/** One socket of a room, or of the notifications of a user (`room` null). */
export interface ServeRoomOptions {
  readonly socket: WebSocket;
  readonly connection: LiveConnection;
  readonly user: User;
  readonly room: string | null;
  readonly parts: RealtimeParts;
  readonly heartbeatMs: number;
  readonly send: SendToRoom;
  readonly onError: (error: unknown) => void;
}

/**
 * Serves a plain socket: frames with nothing but a `type` and what belongs to it, for clients that know no subscriptions.
 *
 * Shape   a room tells `user_joined`, `user_left` `{ user_id, user_name, active_users }`, and what others say there, such as
 *         `document_updated`; what this client says goes to the others and to the user's own other tabs. Notifications
 *         arrive as `notification_created`, every other message of the user under its own type
 */
export async function serveRoom(options: ServeRoomOptions): Promise<void> {
  const { socket, connection, user, room, parts, onError } = options;
  const { presence } = parts;
  const key = randomUUID();
  const said = new Set<string>();
  let members: readonly PresenceMember[] = [];
  let turn: Promise<void> = Promise.resolve();

  function toText({ event }: WrittenEvent): string | null {
    switch (event.type) {
      case 'presence': {
        const step = toRoomFrames(event, user.id, members);
        ({ members } = step);
        for (const frame of step.frames) socket.send(JSON.stringify(frame));
        return null;
      }
      case 'message': {
        // What this very socket said: its other tabs are told.
        if (said.delete(event.message.id)) return null;
        const { payload, type, ...rest } = toPlainMessage(event.cursor, event.message);
        if (room === null && type === 'notification')
          return JSON.stringify({ type: 'notification_created', notification: payload, ...rest });
        return JSON.stringify({ ...(isJsonObject(payload) ? payload : { payload }), type, ...rest });
      }
      case 'reset':
        return JSON.stringify({ type: 'reset', scope: event.scope, reason: event.reason });
      default:
        return null;
    }
  }

  async function say(data: Parameters<typeof readJsonFrame>[0], isBinary: boolean): Promise<void> {
    if (connection.signal.aborted) return;
    const { type, ...payload } = readJsonFrame(data, isBinary);
    if (type === 'ping') {
      socket.send('{"type":"pong"}');
      return;
    }
    if (room === null) throw new SyncError('BAD_PARAMETER', 'Nothing can be said here; notifications are only told.');
    await parts.rooms.refuse(user, room);
    connection.refuseRevoked();
    const id = randomUUID();
    said.add(id);
    await options.send(user, { room, type: String(type), payload, id }).catch((error: unknown) => {
      said.delete(id);
      throw error;
    });
  }

  const mayTakeFrame = createFrameLimit();
  socket.on('message', (data, isBinary) => {
    if (connection.signal.aborted) return;
    if (!mayTakeFrame()) {
      const error = new SyncError('RATE_LIMITED', `At most ${frameLimits.maxFramesPer10s} frames in 10 seconds.`);
      refuseSocket(socket, error, onError);
      return;
    }
    turn = turn
      .then(() => say(data, isBinary))
      .catch((error: unknown) => refuseSocket(socket, error, onError, { close: false }));
  });
  tieSocket({
    socket,
    connection,
    heartbeatMs: options.heartbeatMs,
    onBeat: () => undefined,
    onAlive: () => presence.touch(key, user.id),
  });
  try {
    const wanted: SubscriptionRequest =
      room === null ? { resources: [], messages: true } : { resources: [], channels: [room] };
    const prepared = await connection.prepare(wanted);
    if (connection.signal.aborted) return;
    if (room !== null) {
      presence.track({ channel: room, key, user: { id: user.id, name: user.name }, state: {} });
      connection.signal.addEventListener('abort', () => presence.leaveAll(key, user.id), { once: true });
    }
    await connection.follow(prepared, createTextSink(socket, toText)).ended;
  } catch (error) {
    refuseSocket(socket, error, onError);
  }
}
