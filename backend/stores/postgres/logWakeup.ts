import type { Pool, PoolClient } from 'pg';
import type { Database } from './boundDatabase.ts';

/** What keeps the nodes of one database in step. */
export interface LogWakeup {
  start(): Promise<void>;
  /** Wakes the other nodes; calls while one is on its way become one more. */
  notify(): void;
  stop(): Promise<void>;
}

/**
 * Wakes a node when another one wrote: `LISTEN` on a connection of its own, and a look at the log every now and then, as
 * a `NOTIFY` may be lost. The `NOTIFY` comes after the commit and is empty: inside the transaction it costs more than
 * half of the throughput.
 *
 * Units   safetyPollMs, answerTimeoutMs milliseconds
 */
export function createLogWakeup(options: {
  /** For the connection that listens; everything else goes through `database`. */
  readonly pool: Pool;
  readonly database: Database;
  readonly answerTimeoutMs: number;
  readonly channel: string;
  readonly safetyPollMs: number;
  readonly onWake: () => Promise<void>;
  /** After a connection was lost: the database behind it may be another one now. */
  readonly onReconnect: () => Promise<void>;
  readonly onWarning: (message: string) => void;
}): LogWakeup {
  const { pool, database, channel } = options;
  let listening: PoolClient | null = null;
  let stopListening = (): void => undefined;
  let timer: NodeJS.Timeout | null = null;
  let polling: Promise<void> | null = null;
  let waking: Promise<void> | null = null;
  let notifying: Promise<void> | null = null;
  let hasToWake = false;
  let hasToNotify = false;
  let isAway = false;

  async function listen(): Promise<void> {
    // A pool of one connection would have none left for saves.
    if (listening !== null || (pool.options.max ?? 10) < 2) return;
    const client = await pool.connect();
    let isHeld = true;
    const letGo = (): void => {
      if (!isHeld) return;
      isHeld = false;
      if (listening === client) listening = null;
      client.removeAllListeners('notification');
      client.release(true);
    };
    stopListening = letGo;
    client.once('error', letGo);
    client.on('notification', wake);
    try {
      const limited = { text: `listen ${channel}`, query_timeout: options.answerTimeoutMs };
      await client.query(limited);
      listening = client;
    } catch (error) {
      letGo();
      throw error;
    }
  }

  function wake(): void {
    hasToWake = true;
    waking ??= (async () => {
      while (hasToWake) {
        hasToWake = false;
        // A look that fails is repeated by the poll, which also says so.
        await options.onWake().catch(() => undefined);
      }
      waking = null;
    })();
  }

  async function poll(): Promise<void> {
    try {
      if (isAway) await options.onReconnect();
      await listen();
      await options.onWake();
      isAway = false;
    } catch (error) {
      // It may be as dead as the rest, and would never say so.
      stopListening();
      if (!isAway) options.onWarning(`The database does not answer; saves fail until it does. ${String(error)}`);
      isAway = true;
    }
  }

  return {
    async start() {
      await listen();
      timer = setInterval(() => {
        polling ??= poll().finally(() => (polling = null));
      }, options.safetyPollMs);
      timer.unref();
    },
    notify() {
      hasToNotify = true;
      notifying ??= (async () => {
        while (hasToNotify) {
          hasToNotify = false;
          // Lost, it only delays: the other nodes look by themselves.
          await database.query(`notify ${channel}`).catch(() => undefined);
        }
        notifying = null;
      })();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      await Promise.all([polling, waking, notifying]);
      stopListening();
    },
  };
}
