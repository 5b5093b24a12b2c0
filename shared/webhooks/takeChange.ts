import { isJsonObject, type JsonObject } from '../json.ts';
import { parseCursor } from '../cursor.ts';
import { isNewerDelivery } from './isNewerDelivery.ts';
import type { ReceivedChange } from './receivedChange.ts';
import { isBeforeReset, readReset } from './resetMark.ts';
import type { ResetTurns } from './resetTurns.ts';
import type { Seen, SeenStore } from './seenStore.ts';
import type { WebhookOutcome } from './webhookAnswer.ts';
import { refuseLate, withinTime, type Handling, type TimeLimit } from './withinTime.ts';

/** Versions of a record that this receiver was not told of; normal where saves are silent or the endpoint filters. */
export interface Hole {
  readonly resource: string;
  readonly id: string;
  /** The last version that was applied before. */
  readonly known: number;
  /** What the delivery stands for. */
  readonly versions: readonly [from: number, to: number];
}

/**
 * Takes a change over into the site.
 *
 * Shape   returns the version that the site serves from now on, null when it cannot say; nothing: the version of the change
 */
export type TakeChange = (
  change: ReceivedChange,
  handling: Handling,
) => number | null | void | Promise<number | null | void>;

/** Reads the record that a change is about; null when there is none any more. */
export type FetchRecord = (
  change: ReceivedChange,
  handling: Handling,
) => JsonObject | null | undefined | void | Promise<JsonObject | null | undefined | void>;

/** What taking changes needs. */
export interface TakingOptions {
  readonly store: SeenStore;
  readonly turns: ResetTurns;
  readonly onChange: TakeChange;
  readonly onHole: ((hole: Hole, handling: Handling) => void | Promise<void>) | undefined;
  readonly fetchRecord: FetchRecord | undefined;
  /** For what is done about a hole, before the record that came has its turn. */
  readonly holeLimit: TimeLimit;
  /** Runs something after the answer. */
  readonly later: (task: () => Promise<void>) => void;
}

/** The call that brings a change. */
export interface Bringing {
  readonly messageId: string;
  /** Seconds since 1970. */
  readonly signedAt: number;
}

/** How a change was taken. */
export interface Taken {
  readonly outcome: WebhookOutcome;
  readonly shown: number | null;
}

/**
 * Applies a change unless the record is newer already, one after the other for each record.
 *
 * The same version under another `webhook-id` is applied again: an admin asked for it to be told once more. What was on its way
 * while a reset was read is older than what was read.
 *
 * Errors  what `onChange`, the store or a needed `fetchRecord` throws; then nothing is noted as seen
 */
export function takeChange(
  options: TakingOptions,
  change: ReceivedChange,
  { messageId, signedAt }: Bringing,
): Promise<Taken> {
  const key = `${change.resource}/${change.id}`;
  return options.turns.of(key, async (handling) => {
    const seen = (await options.store.get(key)) ?? null;
    if (seen?.messageId === messageId) return { outcome: 'duplicate', shown: seen.shown };
    if (seen !== null && isNewerDelivery(change, seen)) return { outcome: 'older', shown: seen.shown };
    if (isBeforeReset(await readReset(options.store), change, signedAt)) return { outcome: 'older', shown: null };
    const lacks = change.record === null && change.operation !== 'deleted';
    const whole = lacks && options.fetchRecord ? await completed(change, options.fetchRecord, handling) : change;
    if (whole === null) return { outcome: 'ignored', shown: null };
    const shown = await apply(options, handling, { key, change: whole, messageId });
    if (seen !== null && isHole(seen, change)) options.later(() => fill(options, key, change, seen.version));
    return { outcome: 'applied', shown };
  });
}

async function apply(
  { onChange, store }: TakingOptions,
  handling: Handling,
  { key, change, messageId }: { readonly key: string; readonly change: ReceivedChange; readonly messageId: string },
): Promise<number | null> {
  refuseLate(handling);
  const said = await onChange(change, handling);
  refuseLate(handling);
  const shown = said === undefined ? change.version : said;
  await store.set(key, { cursor: change.cursor, version: change.version, messageId, shown });
  return shown;
}

/** Another epoch counts anew, so that only versions of one and the same can leave some out. */
function isHole(seen: Seen, { cursor, versions }: ReceivedChange): boolean {
  return sameEpoch(seen, { cursor }) && versions[0] > seen.version + 1;
}

/** The change with the record that was not sent; null when the record is gone, which is told by itself. */
async function completed(
  change: ReceivedChange,
  fetchRecord: FetchRecord,
  handling: Handling,
): Promise<ReceivedChange | null> {
  refuseLate(handling);
  const record = await fetchRecord(change, handling);
  if (!isJsonObject(record)) return null;
  const version = versionOf(record) ?? change.version;
  if (version < change.version)
    throw new Error(
      `fetchRecord gave version ${version} of ${change.resource}/${change.id}, older than what was told.`,
    );
  return { ...change, record, version };
}

/** Asks for the record once, without anybody waiting, and applies what came if it is newer than what was told. */
async function fill(options: TakingOptions, key: string, change: ReceivedChange, known: number): Promise<void> {
  const { onHole, fetchRecord, holeLimit, store, turns } = options;
  // Counted while the change still has its turn: a reset that begins during any wait below reads what is newer.
  const resets = turns.resets();
  const record = await withinTime(holeLimit, async (handling) => {
    await onHole?.({ resource: change.resource, id: change.id, known, versions: change.versions }, handling);
    refuseLate(handling);
    return fetchRecord?.(change, handling);
  });
  if (!isJsonObject(record)) return;
  const version = versionOf(record);
  await turns.of(key, async (handling) => {
    // What was read before a reset can be older than what the reset has read.
    if (turns.resets() !== resets) return;
    const seen = await store.get(key);
    if (version === null || !seen || version <= seen.version || !sameEpoch(seen, change)) return;
    const found = { ...change, operation: 'updated', record, before: null, patch: [], version, versions: [version, version] } as const; // prettier-ignore
    await apply(options, handling, { key, change: found, messageId: seen.messageId });
  });
}

function sameEpoch(seen: Seen, change: { readonly cursor: string }): boolean {
  return parseCursor(seen.cursor)?.epoch === parseCursor(change.cursor)?.epoch;
}

function versionOf(record: JsonObject): number | null {
  const { version } = record;
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : null;
}
