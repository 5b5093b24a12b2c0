import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import type { Actor } from '../../shared/change.ts';
import { createCounters } from '../records/counters/createCounters.ts';
import { counterNames } from '../records/counters/withCounts.ts';
import type { Resource } from '../records/defineResource.ts';
import type { SaveRequest } from '../records/saveRequest.ts';
import { withoutSecrets } from '../records/withoutSecrets.ts';
import type { OpenedSaver } from './openSaver.ts';

/** What an import did to a record. */
export type ImportOutcome = 'created' | 'updated' | 'unchanged';

/** One line of an import. */
interface ImportRequest extends OpenedSaver {
  readonly resource: Resource;
  /** { id, record, published? } */
  readonly value: JsonObject;
  readonly dryRun: boolean;
}

const actor: Actor = { id: 'import', name: 'import', kind: 'server' };
/** What every save sets anew, so that it says nothing about whether two records differ. */
const stamps = ['version', 'updatedAt', 'updatedBy', 'publishedVersion'];

/**
 * Brings one record to what the file has, through the same save as every route.
 *
 * Errors  those of Saver; then nothing of the record was saved, or, with drafts, what came before the refused step
 */
export async function importRecord(request: ImportRequest): Promise<ImportOutcome> {
  const { resource, value, store, saver, dryRun } = request;
  const id = String(value['id']);
  const counters = createCounters(store);
  const draft = value['record'] as JsonObject;
  const published = isJsonObject(value['published']) ? value['published'] : null;
  const first = (await counters.load(resource, id))?.record ?? null;
  let hasChanged = false;

  const save = (intent: SaveRequest['intent'], record: JsonObject | null, override: readonly string[]) =>
    saver.save({
      resource,
      id,
      intent,
      body: record === null ? { kind: 'none' } : { kind: 'whole', record },
      base: { kind: 'overrule' },
      needsBase: false,
      actor,
      override,
      refuseUnknown: true,
      dryRun,
    });

  async function bring(wanted: JsonObject): Promise<void> {
    const stored = (await counters.load(resource, id))?.record ?? null;
    const fields = withoutStamps(resource, wanted);
    if (stored === null)
      await save(
        'create',
        { ...fields, id },
        Object.keys(fields).filter((name) => name !== 'id'),
      );
    else {
      const own = counterNames(resource);
      const target = Object.fromEntries(Object.entries(fields).filter(([name]) => !own.includes(name)));
      const current = Object.fromEntries(
        Object.entries(withoutStamps(resource, stored)).filter(([name]) => !own.includes(name)),
      );
      if (jsonEquals(target, current)) return;
      const kept = Object.fromEntries(
        Object.entries(stored).filter(([name]) => own.includes(name) || stamps.includes(name)),
      );
      await save(
        'update',
        { ...kept, ...target, id },
        Object.keys({ ...current, ...target }).filter((name) => name !== 'id'),
      );
    }
    hasChanged = true;
  }

  if (resource.drafts && 'published' in value) {
    const shown = (await store.load(resource.name, id))?.published ?? null;
    const isShown =
      shown !== null &&
      published !== null &&
      jsonEquals(withoutStamps(resource, shown), withoutStamps(resource, published));
    if (published !== null && !isShown) {
      await bring(published);
      // A trial creates nothing that could be published.
      if (!dryRun) await save('publish', null, []);
      hasChanged = true;
    }
    if (published === null && shown !== null) {
      await save('unpublish', null, []);
      hasChanged = true;
    }
  }
  await bring(draft);
  if (!hasChanged) return 'unchanged';
  return first === null ? 'created' : 'updated';
}

function withoutStamps(resource: Resource, record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(withoutSecrets(resource, record)).filter(([name]) => !stamps.includes(name)),
  );
}
