import { SyncError } from '../../shared/problem.ts';
import { refuseOption } from '../options.ts';

/** The integrator's own client: `call` is that of ioredis, `sendCommand` that of node-redis. */
export type RedisClient =
  { call(command: string, ...rest: string[]): Promise<unknown> } | { sendCommand(words: string[]): Promise<unknown> };

/** Sends one command and gives its answer. */
export type RedisSender = (words: readonly [string, ...string[]]) => Promise<unknown>;

/** True for what has one of the two shapes. */
function isRedisClient(given: unknown): given is RedisClient {
  const { call, sendCommand } = (given ?? {}) as { readonly call?: unknown; readonly sendCommand?: unknown };
  return typeof call === 'function' || typeof sendCommand === 'function';
}

/**
 * Sends commands through either shape of client; `of` is what a refusal names.
 *
 * Errors  OPTION_INVALID at once; STORE_UNAVAILABLE while Redis refuses or does not answer
 */
export function redisSender(of: string, client: RedisClient): RedisSender {
  if (!isRedisClient(client)) refuseOption(of, 'client', 'a client of ioredis or node-redis', typeof client);
  return async (words) => {
    try {
      // First `call`: an ioredis client has a `sendCommand` too, which takes something else.
      return await ('call' in client
        ? client.call(...(words as [string, ...string[]]))
        : client.sendCommand([...words]));
    } catch (cause) {
      throw new SyncError('STORE_UNAVAILABLE', `Redis refused ${words[0]}, or did not answer.`, { cause });
    }
  };
}
