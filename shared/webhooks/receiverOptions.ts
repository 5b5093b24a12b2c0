import { nearestName } from '../nearestName.ts';
import { SyncError } from '../problem.ts';
import type { ReceivedReset } from './receivedChange.ts';
import { memorySeenStore, type SeenStore } from './seenStore.ts';
import { parseSecret } from './signingKey.ts';
import type { FetchRecord, Hole, TakeChange } from './takeChange.ts';
import type { Handling } from './withinTime.ts';

/** What a receiver is told. */
export interface WebhookReceiverOptions {
  /**
   * Of the endpoint, `whsec_…`; during a rotation the old and the new one. A function is asked at each call, where the
   * environment is not there yet when the module is loaded (a build).
   */
  readonly secrets: readonly string[] | (() => readonly string[]);
  /** What was applied last of each record. Default `memorySeenStore()`: 10,000 records, forgotten by a restart. */
  readonly store?: SeenStore;
  /** Takes a change over. May give the version that is served from now on (default the one of the change; null says none). What it throws makes the sender come again. */
  readonly onChange: TakeChange;
  /** Reads everything again: something may have been missed. No change is applied meanwhile. May give the cursor of what it read (that of a snapshot), so that nothing older is put over it. Default none: a reset is answered 500, and comes again. */
  readonly onReset?: (reset: ReceivedReset, handling: Handling) => string | void | Promise<string | void>;
  /** Hears of a test that an admin sent. Default nothing. */
  readonly onTest?: (test: { readonly message: string }, handling: Handling) => void | Promise<void>;
  /** Hears, after the answer, of versions that were never told. Default nothing. */
  readonly onHole?: (hole: Hole, handling: Handling) => void | Promise<void>;
  /** Reads a record from the back office: once in the background after a hole, and before `onChange` for one that was not sent (too large, or `live: 'notify'`). Default: neither. */
  readonly fetchRecord?: FetchRecord;
  /** How long taking a change over may take; then the call is refused, and what waits behind it has its turn. The same for `onTest`, and for `onHole` with the record that is read after it. Default 60,000 milliseconds. */
  readonly changeTimeoutMs?: number;
  /** The same for `onReset`. Default 600,000 milliseconds. */
  readonly resetTimeoutMs?: number;
  /** Bytes of a body. Default 1,048,576. */
  readonly maxBodyBytes?: number;
  /** The clock in milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** Hears what a handler threw, and what failed in the background; what it throws itself goes to the console. Default the console. */
  readonly onError?: (error: unknown) => void;
}

const known = [
  'secrets', 'store', 'onChange', 'onReset', 'onTest', 'onHole', 'fetchRecord', 'changeTimeoutMs', 'resetTimeoutMs',
  'maxBodyBytes', 'now', 'onError',
]; // prettier-ignore
const functions = ['onChange', 'onReset', 'onTest', 'onHole', 'fetchRecord', 'now', 'onError'] as const;

/** The longest that a timer can wait. */
const longestMs = 2 ** 31 - 1;

/**
 * The options with their defaults.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID; a secret is never in their words
 */
export function readReceiverOptions(options: WebhookReceiverOptions) {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new SyncError(
      'OPTION_UNKNOWN',
      `createWebhookReceiver does not know the option "${name}". ${nearest ? `Did you mean "${nearest}"? ` : ''}Known: ${known.join(', ')}.`,
    );
  }
  const { secrets, store = memorySeenStore(), maxBodyBytes = 1_048_576, now = Date.now } = options;
  const { changeTimeoutMs = 60_000, resetTimeoutMs = 600_000 } = options;
  const isList = Array.isArray(secrets) && secrets.length > 0;
  if (typeof secrets !== 'function' && !(isList && secrets.every((secret) => parseSecret(secret) !== null)))
    refuse('secrets', 'a list of "whsec_" and base64, or a function that gives it');
  if (options.onChange === undefined || functions.some((name) => !isFunctionOrAbsent(options[name])))
    refuse('onChange', 'a function, and so every other handler that is given');
  if (!isFunctionOrAbsent(store.get) || !isFunctionOrAbsent(store.set)) refuse('store', 'an object with get and set');
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) refuse('maxBodyBytes', 'a whole number of at least 1');
  for (const [name, ms] of Object.entries({ changeTimeoutMs, resetTimeoutMs }))
    if (!Number.isSafeInteger(ms) || ms < 1 || ms > longestMs)
      refuse(name, `a whole number of milliseconds from 1 to ${longestMs}`);
  return {
    ...options,
    secretsOf: typeof secrets === 'function' ? secrets : () => secrets,
    store,
    changeTimeoutMs,
    resetTimeoutMs,
    maxBodyBytes,
    now,
    onError: options.onError ?? tellConsole,
  };
}

/** Where errors go that a site has no other place for. */
export function tellConsole(error: unknown): void {
  // oxlint-disable-next-line no-console -- a failed delivery of a site that gave no onError must not be silent
  console.error('A webhook was not taken:', error);
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function refuse(option: string, expected: string): never {
  throw new SyncError('OPTION_INVALID', `createWebhookReceiver: "${option}" has to be ${expected}.`);
}
