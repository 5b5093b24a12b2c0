import type { Logger } from '../logger.ts';
import type { RedisSender } from './redisSender.ts';

/** How often something happened in a window that all nodes share. */
export interface SharedCount {
  readonly hits: number;
  /** Milliseconds until the window ends. */
  readonly leftMs: number;
}

/** Counts that the nodes of one installation share; null and false while Redis is away. */
export interface SharedCounts {
  /** Units   windowMs milliseconds */
  hit(key: string, windowMs: number): Promise<SharedCount | null>;
  /** Takes one back. */
  undo(key: string): Promise<void>;
  forget(key: string): Promise<void>;
  /** `misses` are the questions that Redis did not answer since the start, and those that it was not asked while away. */
  stats(): { readonly isReached: boolean; readonly misses: number };
}

/** One step in Redis: a count whose window was never set would be counted for ever. */
const hitScript = `local hits = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) left = tonumber(ARGV[1]) end
return { hits, left }`;
/** Not below zero, and not for a window that has ended: both would be a count without an end. */
const undoScript = `if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then return redis.call('DECR', KEYS[1]) end return 0`;

const answerMs = 250;
const probeEveryMs = 1_000;

/**
 * Counts in Redis, and never makes anybody wait for it twice.
 *
 * ```
 *  reached ── a refusal, or no answer within 250 ms ──► away: answers null at once
 *     ▲                                                  │
 *     └─── a count, tried at most once a second, works ──┘
 * ```
 * It is tried by the next one who counts and not waited for, so that a request pays at most once for a Redis that went away.
 */
export function sharedCounts(options: {
  readonly send: RedisSender;
  readonly keyPrefix: string;
  readonly logger: Logger;
  readonly now?: () => number;
}): SharedCounts {
  const { send, keyPrefix, logger, now = () => performance.now() } = options;
  let isReached = true;
  let probedAt = 0;
  let misses = 0;

  async function ask(words: readonly [string, ...string[]]): Promise<unknown> {
    if (!isReached) {
      misses += 1;
      probe();
      return null;
    }
    try {
      return await answered(send(words));
    } catch (error) {
      misses += 1;
      // A key that somebody else wrote with another kind of value: Redis is well, and this one limit is counted by each node.
      if (!isOfOneKey(error)) away(error);
      return null;
    }
  }

  function away(error: unknown): void {
    probedAt = now();
    // Many wait together when it goes away: it is said once.
    if (isReached)
      logger.warn({ err: error }, 'Redis does not answer: each node counts its limits by itself until it does');
    isReached = false;
  }

  function probe(): void {
    if (now() - probedAt < probeEveryMs) return;
    probedAt = now();
    // What is wanted of it, on a key of its own: a replica that takes no writes would answer a PING.
    answered(send(['EVAL', hitScript, '1', `${keyPrefix}probe`, '1000'])).then(
      () => {
        if (!isReached) logger.info({}, 'Redis answers again: the nodes share their limits');
        isReached = true;
      },
      // Still away, which was said.
      () => undefined,
    );
  }

  return {
    async hit(key, windowMs) {
      const reply = await ask(['EVAL', hitScript, '1', `${keyPrefix}${key}`, String(windowMs)]);
      const [hits, leftMs] = Array.isArray(reply) ? (reply as unknown[]).map(Number) : [];
      return hits !== undefined && leftMs !== undefined && hits >= 1 && leftMs >= 0 ? { hits, leftMs } : null;
    },
    async undo(key) {
      await ask(['EVAL', undoScript, '1', `${keyPrefix}${key}`]);
    },
    async forget(key) {
      await ask(['DEL', `${keyPrefix}${key}`]);
    },
    stats: () => ({ isReached, misses }),
  };
}

function isOfOneKey(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return /WRONGTYPE|value is not an integer/.test(String(cause));
}

function answered(reply: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${answerMs} ms.`)), answerMs);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
