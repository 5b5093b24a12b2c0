import type { Change } from '../../../shared/change.ts';
import { readEvents } from '../../helpers/readEvents.ts';
import type { KillableServer } from './killableServer.ts';

/** What a reader has been told so far. */
export interface FollowedChanges {
  readonly changes: readonly Change[];
  /** The cursors of the resets that it got. */
  readonly resets: readonly string[];
  /** How often it had to connect. */
  readonly connections: number;
  /** Resolves when it has come to this place; rejects when it failed. */
  reached(cursor: string): Promise<void>;
  stop(): Promise<void>;
}

/** Follows every change from a place on, and connects again with Last-Event-ID whenever the stream breaks. */
export function followChanges(server: Pick<KillableServer, 'url'>, token: string, from: string): FollowedChanges {
  const changes: Change[] = [];
  const resets: string[] = [];
  const waiting = new Set<() => void>();
  let connections = 0;
  let lastId = from;
  let isStopped = false;
  let cut = async (): Promise<void> => undefined;

  async function run(): Promise<void> {
    while (!isStopped) {
      const url = `${await server.url()}/api/sync/stream`;
      try {
        const stream = await readEvents(url, { authorization: `Bearer ${token}`, 'last-event-id': lastId });
        connections += 1;
        cut = stream.cut;
        for (;;) {
          const [received] = await stream.take(1);
          if (received === undefined) continue;
          lastId = received.id;
          if (received.event.type === 'change') changes.push(received.event.change);
          if (received.event.type === 'reset') resets.push(received.event.cursor);
          for (const check of waiting) check();
        }
      } catch {
        // The server was killed: the next round asks where it is now.
      }
    }
  }
  const running = run();

  return {
    changes,
    resets,
    get connections() {
      return connections;
    },
    reached: (cursor) =>
      new Promise<void>((resolve, reject) => {
        const check = (): void => {
          if (seqOf(lastId) >= seqOf(cursor)) resolve();
        };
        waiting.add(check);
        check();
        running.catch(reject);
      }),
    async stop() {
      isStopped = true;
      await cut();
      await running;
    },
  };
}

/** The place of a cursor in its log. */
export function seqOf(cursor: string): number {
  return Number(cursor.slice(cursor.lastIndexOf(':') + 1));
}
