import { createClient, ErrorReply } from '@redis/client';
import { SyncError } from '../../shared/problem.ts';

/** A connection to the Redis of `REDIS_URL`, of the shape that `createSync` takes as `redis.client`. */
export interface ConnectedRedis {
  /** Errors  a plain Error with the words of Redis, or that it does not answer */
  sendCommand(words: readonly string[]): Promise<unknown>;
  close(): void;
}

/** One connection, until it breaks. */
interface Opened {
  readonly client: ReturnType<typeof createRedis>;
  readonly ready: Promise<unknown>;
}

/**
 * The shipped server's client: one connection, made by the first command and again by a later one after it broke.
 *
 * ```
 *  away ── a command, at least retryMs after the last failure ──► connected (commands wait in line)
 *   ▲                                                                │
 *   └────── it breaks, an answer takes longer than answerMs, ────────┘   everything that waits is refused
 *           or the server says that it takes no writes
 * ```
 * Nothing is sent twice, and nothing waits longer than `answerMs`: while Redis is away a command is refused at once. The library
 * would reconnect by itself, but a connection whose other end fell silent looks well to it for as long as the system keeps it.
 *
 * Shape   `redis://user:password@host:6379/0`; `rediss://` for TLS
 * Units   answerMs (default 1,000), retryMs (default 500) milliseconds
 * Errors  OPTION_INVALID for an address of another kind
 */
export function connectRedis(
  url: string,
  { answerMs = 1_000, retryMs = 500 }: { readonly answerMs?: number; readonly retryMs?: number } = {},
): ConnectedRedis {
  const options = readAddress(url);
  let opened: Opened | null = null;
  let failedAt = -Infinity;
  let isClosed = false;

  function end(of: Opened): void {
    // The library refuses what waits.
    of.client.destroy();
    if (opened !== of) return;
    opened = null;
    failedAt = performance.now();
  }

  function open(): Opened {
    const client = createRedis(options);
    client.unref();
    const made: Opened = { client, ready: client.connect() };
    opened = made;
    client.on('error', () => opened === made && end(made));
    return made;
  }

  async function ask(of: Opened, words: readonly string[]): Promise<unknown> {
    await of.ready;
    try {
      return await of.client.sendCommand(words);
    } catch (error) {
      // A refusal of one command; its connection is well. One that says so of the whole server leads to the wrong one: after a fail-over
      // the address leads to another, and only a new connection gets there.
      if (error instanceof ErrorReply && !/^-?(READONLY|LOADING|MASTERDOWN)\b/.test(error.message)) return error;
      throw error;
    }
  }

  return {
    async sendCommand(words) {
      if (isClosed) throw new Error('The connection to Redis was closed.');
      if (opened === null && performance.now() - failedAt < retryMs) throw new Error('Redis is away.');
      const to = opened ?? open();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`Redis did not answer within ${answerMs} ms.`)), answerMs);
        timer.unref();
      });
      const reply = await Promise.race([ask(to, words), late])
        .catch((error: unknown) => {
          end(to);
          throw error;
        })
        .finally(() => clearTimeout(timer));
      if (reply instanceof ErrorReply) throw reply;
      return reply;
    },
    close() {
      isClosed = true;
      if (opened !== null) end(opened);
    },
  };
}

function createRedis({ socket, ...options }: ReturnType<typeof readAddress>) {
  return createClient({ ...options, socket: { ...socket, reconnectStrategy: false } });
}

function readAddress(url: string) {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || !/^rediss?:$/.test(address.protocol))
    throw new SyncError('OPTION_INVALID', 'REDIS_URL has to be an address such as redis://host:6379.');
  const to = { host: address.hostname.replaceAll(/^\[|\]$/g, ''), port: Number(address.port || 6379) };
  const [username, password] = [decodeURIComponent(address.username), decodeURIComponent(address.password)];
  const database = address.pathname.slice(1);
  return {
    socket: address.protocol === 'rediss:' ? { ...to, tls: true as const } : to,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(database === '' ? {} : { database: Number(database) }),
  };
}
