import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { LiveConnection } from '../../../backend/readers/realtime/liveConnections.ts';
import { tieSocket } from '../../../backend/readers/realtime/socketLife.ts';

it('a socket that speaks while it reads nothing of what it was answered is ended', () => {
  let terminated = 0;
  let ended = 0;
  const socket = Object.assign(new EventEmitter(), { bufferedAmount: 65_536, terminate: () => (terminated += 1) });
  const connection = { signal: new AbortController().signal, end: () => (ended += 1) } as unknown as LiveConnection;
  tieSocket({ socket: socket as never, connection, heartbeatMs: 60_000, onBeat: () => undefined, onAlive: () => undefined }); // prettier-ignore
  socket.emit('message', '{}');
  expect(terminated).toBe(0);
  socket.bufferedAmount += 1;
  socket.emit('message', '{}');
  expect(terminated).toBe(1);
  socket.emit('close');
  expect(ended).toBe(1);
});
