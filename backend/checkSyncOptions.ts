import { SyncError } from '../shared/problem.ts';
import { checkFirstAccounts } from './auth/firstAccounts.ts';
import type { SyncOptions } from './createSync.ts';
import { createMessageTypes } from './messages/messageTypes.ts';
import { refuseOption, refuseUnknownOptions } from './options.ts';
import { redisSender } from './redis/redisSender.ts';

const known = [
  'store', 'resources', 'authenticate', 'can', 'scope', 'audience', 'canJoin', 'adminPassword', 'onFirstPassword', 'apiToken', 'secretKey',
  'firstAccounts', 'corsOrigins', 'rateLimit', 'maxBodyBytes', 'maxDepth', 'ifMatch', 'realtime', 'messages', 'webhooks', 'reach', 'inbound', 'cache', 'redis', 'logger',
]; // prettier-ignore

/**
 * Refuses what cannot be meant, before anything is opened.
 *
 * Errors  OPTION_UNKNOWN with the nearest name, OPTION_INVALID
 */
export function checkSyncOptions(options: SyncOptions): void {
  refuseUnknownOptions('createSync', options, known);
  createMessageTypes(options.messages);
  checkFirstAccounts('createSync', options.firstAccounts);
  const of = 'createSync';
  if (typeof options.store?.commit !== 'function')
    refuseOption(of, 'store', 'a store, such as lowdbStore({ folder: "./data" })', options.store);
  if (!Array.isArray(options.resources) || options.resources.length === 0)
    refuseOption(of, 'resources', 'a list of defineResource(…)', options.resources);
  const names = options.resources.map((resource) => resource.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuseOption(of, 'resources', 'a list with every name once', twice);
  for (const name of ['rateLimit', 'maxBodyBytes', 'maxDepth'] as const) {
    const value = options[name];
    if (value !== undefined && (!Number.isInteger(value) || value < (name === 'rateLimit' ? 0 : 1)))
      refuseOption(of, name, 'a whole number', value);
  }
  if (options.cache !== undefined && typeof options.cache?.follow !== 'function')
    refuseOption(of, 'cache', 'what createServiceCache gave', options.cache);
  if (options.redis !== undefined) {
    refuseUnknownOptions(`${of}: "redis"`, options.redis, ['client', 'keyPrefix']);
    redisSender(`${of}: "redis"`, options.redis.client);
  }
  if (options.reach !== undefined) {
    refuseUnknownOptions(`${of}: "reach"`, options.reach, ['lateAfterMs']);
    const { lateAfterMs = 0 } = options.reach;
    if (!Number.isInteger(lateAfterMs) || lateAfterMs < 0)
      refuseOption(of, 'reach.lateAfterMs', 'a whole number of milliseconds', lateAfterMs);
  }
  if (options.ifMatch !== undefined && options.ifMatch !== 'merge' && options.ifMatch !== 'strict')
    refuseOption(of, 'ifMatch', '"merge" or "strict"', options.ifMatch);
  if (options.adminPassword !== undefined && options.adminPassword.length < 8) {
    throw new SyncError('OPTION_INVALID', 'createSync: "adminPassword" needs at least 8 characters.');
  }
  if (options.apiToken !== undefined && options.apiToken.length < 8) {
    throw new SyncError('OPTION_INVALID', 'createSync: "apiToken" needs at least 8 characters.');
  }
  for (const origin of options.corsOrigins ?? []) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      refuseOption(of, 'corsOrigins', 'origins such as https://www.example.com', origin);
  }
}
