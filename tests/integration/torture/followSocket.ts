import { WebSocket } from 'ws';
import type { Change } from '../../../shared/change.ts';
import { seqOf, type FollowedChanges } from './followChanges.ts';

/** Follows every change over a WebSocket, and connects again with `since` whenever it breaks. */
export function followSocket(url: string, token: string, from: string): FollowedChanges {
  const changes: Change[] = [];
  const resets: string[] = [];
  const waiting = new Set<() => void>();
  let [connections, last, isStopped] = [0, from, false];
  let socket: WebSocket;
  let running: Promise<void> = Promise.resolve();

  function connect(): Promise<void> {
    return new Promise((resolve) => {
      const address = `${url.replace('http', 'ws')}/api/sync/ws?since=${encodeURIComponent(last)}`;
      socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
      socket.on('open', () => (connections += 1));
      socket.on('message', (data) => {
        const frame = JSON.parse(String(data)) as { type: string; cursor?: string; change?: Change; id?: string };
        if (frame.type === 'change' && frame.change !== undefined) {
          changes.push(frame.change);
          last = frame.change.cursor;
        }
        if (frame.type === 'reset') resets.push(frame.cursor ?? '');
        if ((frame.type === 'reset' || frame.type === 'place') && frame.cursor !== undefined) last = frame.cursor;
        for (const check of waiting) check();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  }

  running = (async () => {
    while (!isStopped) await connect();
  })();

  return {
    changes,
    resets,
    get connections() {
      return connections;
    },
    reached: (cursor) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (seqOf(last) >= seqOf(cursor)) resolve();
        };
        waiting.add(check);
        check();
      }),
    async stop() {
      isStopped = true;
      socket.terminate();
      await running;
    },
  };
}
