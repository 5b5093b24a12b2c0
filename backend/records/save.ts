import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Receipt } from '../../shared/receipt.ts';
import type { Sealer } from '../auth/sealer.ts';
import type { StoredRecord } from '../log/advance.ts';
import type { ChangeEntry, SavedKey } from '../log/entry.ts';
import type { Store } from '../stores/store.ts';
import { baseRecord } from './baseRecord.ts';
import type { Resource } from './defineResource.ts';
import { createCounters } from './counters/createCounters.ts';
import { lessCounted, withStoredCounters } from './counters/withCounts.ts';
import { refuseForbidden, refuseHidden } from './refuseHidden.ts';
import { mergeSave } from './mergeSave.ts';
import { nameAuthors, nameConflictAuthors } from './nameAuthors.ts';
import { nextEntry } from './nextEntry.ts';
import { createRecordChain, type Prepared } from './recordChain.ts';
import { refuseOther, refuseStale } from './refuseStale.ts';
import type { SaveRequest, SaveResult } from './saveRequest.ts';

/** What saving needs to know; `now` in milliseconds is passed in so that tests own the clock. */
export interface SaverOptions {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly now?: () => number;
}

/**
 * The only way in: every accepted save of the product's own records goes through here and becomes one entry of the log.
 *
 * The steps and their order are docs/a-save-step-by-step.md; tests/fixtures/save.json is its table.
 */
export function createSaver({ store, sealer, now = Date.now }: SaverOptions) {
  const chain = createRecordChain(store);
  const counters = createCounters(store);
  let blindSaves = 0;

  async function prepare(request: SaveRequest, stored: StoredRecord | null): Promise<Prepared<SaveResult>> {
    if (request.key) {
      const saved = await store.findKey(request.key.scope, request.key.key);
      if (saved) return { kind: 'answer', value: await repeat(request, saved) };
    }
    const step = await decide(request, stored);
    const { content, changed, receipt } = step;
    if (!changed) return unchanged(request, stored, receipt);
    const entry = nextEntry(request, stored, content, receipt.outcome, now());
    const isBlind = request.access !== undefined && receipt.fields.some(({ status }) => status === 'overwrote');
    const answer = (committed: ChangeEntry | null): SaveResult => ({
      id: request.id,
      outcome: receipt.outcome as SaveResult['outcome'],
      record: entry.record,
      version: entry.version,
      receipt,
      entry: committed,
      repeated: false,
    });
    if (request.dryRun) return { kind: 'answer', value: answer(null) };
    return {
      kind: 'write',
      write: { entry, expectedVersion: stored?.version ?? 0 },
      answer: (committed) => {
        if (isBlind) blindSaves += 1;
        return answer(committed as ChangeEntry);
      },
    };
  }

  async function decide(
    request: SaveRequest,
    stored: StoredRecord | null,
  ): Promise<{ content: JsonObject | null; changed: boolean; receipt: Receipt }> {
    await refuseHidden(request, stored, store.log);
    const complete = await counters.completer(request.resource, request.id);
    const of = { log: store.log, resource: request.resource.name, id: request.id };
    const decided = decideCounted(revived(request, complete), withRecord(stored, complete), complete);
    const { content, changed, receipt } = await decided.catch(async (error: unknown) => {
      throw await nameConflictAuthors(of, error);
    });
    const start = content && (stored?.record ?? startOf(request, content, complete));
    // What was counted is not the record's own: it stays beside it.
    const own = start ? withStoredCounters(request.resource, content, start) : content;
    return { content: own, changed, receipt: await nameAuthors(of, receipt) };
  }

  /** Decides by the record as everybody sees it, with its counters. */
  async function decideCounted(
    request: SaveRequest,
    stored: StoredRecord | null,
    complete: (record: JsonObject) => JsonObject,
  ): Promise<{ content: JsonObject | null; changed: boolean; receipt: Receipt }> {
    refuseMissing(request, stored);
    if (request.intent === 'create') {
      const created = await mergeSave(request, stored, {}, sealer);
      refuseForbidden(request, created.record);
      return { content: created.record, changed: true, receipt: created.receipt };
    }
    const current = stored?.record;
    if (!current) return { content: null, changed: false, receipt: { outcome: 'unchanged', fields: [] } };
    if (request.exactVersion) refuseOther(request, stored, store.log.epoch);
    const found = await baseRecord(request, stored, store.log);
    // A version of the log has the counters that it was stored with.
    const base = found && request.base.kind !== 'values' && found !== current ? complete(found) : found;
    if (request.intent === 'update') {
      const merged = await mergeSave(request, stored, base, sealer);
      if (merged.changed) refuseForbidden(request, merged.record);
      return { content: merged.record, changed: merged.changed, receipt: merged.receipt };
    }
    // Deleting and publishing act on the whole record: they stand only on the version that the person saw.
    if (base !== null) refuseStale(request, stored, { base, epoch: store.log.epoch });
    if (request.intent === 'delete')
      return { content: null, changed: true, receipt: { outcome: 'deleted', fields: [] } };
    const isThere =
      request.intent === 'publish' ? current['publishedVersion'] === stored.version : stored.published === null;
    return { content: current, changed: !isThere, receipt: { outcome: isThere ? 'unchanged' : 'saved', fields: [] } };
  }

  function unchanged(request: SaveRequest, stored: StoredRecord | null, receipt: Receipt): Prepared<SaveResult> {
    const version = stored?.version ?? 0;
    const value: SaveResult = {
      id: request.id,
      outcome: 'unchanged',
      record: stored?.record ?? null,
      version,
      receipt,
      entry: null,
      repeated: false,
    };
    if (!request.key || request.dryRun) return { kind: 'answer', value };
    // Without this line a retry of an answered save could undo what a colleague did in between.
    const key: SavedKey = {
      ...request.key,
      resource: request.resource.name,
      id: request.id,
      version,
      outcome: 'unchanged',
    };
    return { kind: 'write', write: { entry: { kind: 'key', key } }, answer: () => value };
  }

  /** The first answer to a key, once more. */
  async function repeat(request: SaveRequest, saved: SavedKey): Promise<SaveResult> {
    if (saved.bodyHash !== request.key?.bodyHash) {
      throw new SyncError(
        'KEY_REUSED',
        'This Idempotency-Key belongs to a save with another body or address. Make a new key for a new save.',
      );
    }
    const entry = await store.log.version(saved.resource, saved.id, saved.version);
    const record = entry ? entry.record : ((await store.load(saved.resource, saved.id))?.record ?? null);
    const outcome = saved.outcome as SaveResult['outcome'];
    return {
      id: saved.id,
      outcome,
      record,
      version: saved.version,
      receipt: { outcome, fields: [] },
      entry,
      repeated: true,
    };
  }

  return {
    /**
     * Merges, validates and stores one save, and resolves when it is durable.
     *
     * Errors  METHOD_NOT_ALLOWED, NOT_FOUND, ALREADY_EXISTS, RECORD_DELETED, BASE_REQUIRED, BASE_GONE, CONFLICT, INVALID, PATCH_FAILED, TEST_FAILED,
     *         KEY_REUSED, BODY_TOO_LARGE, SAVE_BUSY, STORE_UNAVAILABLE; then nothing was stored
     */
    async save(request: SaveRequest): Promise<SaveResult> {
      if (request.resource.captured !== null && request.accept !== true) throw savedElsewhere(request.resource);
      return chain.run(request.resource.name, request.id, {
        prepare: (stored) => prepare(request, stored),
        repeat: (saved) => repeat(request, saved),
      });
    },
    /** Saves of people and machines since the start that replaced something without having said what they were based on. */
    get blindSaves(): number {
      return blindSaves;
    },
    /** How many records have saves on their way at this moment. */
    get busyRecords(): number {
      return chain.size;
    },
  };
}

/** A record that comes back is judged with what was counted in its life before. */
function revived(request: SaveRequest, complete: (record: JsonObject) => JsonObject): SaveRequest {
  if (!request.revives || request.body.kind !== 'fields') return request;
  return { ...request, body: { ...request.body, fields: complete(request.body.fields) } };
}

/**
 * The counters that a create stores: those of the log for a record that comes back; else what makes the record as it was
 * given. An import that keeps the day of creation has what was counted then in its values: it must not count again.
 */
function startOf(
  request: SaveRequest,
  content: JsonObject,
  complete: (record: JsonObject) => JsonObject,
): JsonObject | null {
  if (request.revives) return request.body.kind === 'fields' ? request.body.fields : null;
  if (!request.override?.includes('createdAt')) return null;
  return lessCounted(request.resource, content, complete(content));
}

function withRecord(stored: StoredRecord | null, complete: (record: JsonObject) => JsonObject): StoredRecord | null {
  if (!stored?.record) return stored;
  const record = complete(stored.record);
  return record === stored.record ? stored : { ...stored, record };
}

/** The one way in, with its store. */
export type Saver = ReturnType<typeof createSaver>;

function savedElsewhere({ name }: Resource): SyncError {
  return new SyncError(
    'METHOD_NOT_ALLOWED',
    `Records of ${name} are rows of a captured table: save them there. They are told from there.`,
    { extensions: { allowed: ['GET'] } },
  );
}

function refuseMissing(request: SaveRequest, stored: StoredRecord | null): void {
  const { resource, id, intent } = request;
  if (intent === 'create') {
    if (stored?.record)
      throw new SyncError(
        'ALREADY_EXISTS',
        `${resource.name} has a record "${id}" already. Change that one, or leave the id out.`,
      );
    return;
  }
  if (stored === null) throw new SyncError('NOT_FOUND', `${resource.name} has no record "${id}".`);
  if (stored.record === null && intent !== 'delete') {
    throw new SyncError(
      'RECORD_DELETED',
      `${stored.changedBy.name} deleted this record. Create it again with the same id to bring it back with your edit.`,
      {
        extensions: { current: null, author: stored.changedBy.name, at: new Date(stored.changedAt).toISOString() },
      },
    );
  }
}
