import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Store } from '../stores/store.ts';
import type { Resource } from './defineResource.ts';
import type { Saver } from './save.ts';
import { createServerRecords } from './serverRecords.ts';

/**
 * Stores the first records of resources that never had any: the declared ones, and for a single resource without a
 * declaration the defaults of its schema, so that a form has something to be based on.
 *
 * A resource whose records were all deleted stays empty: its tombstones say that it had some.
 */
export async function seed(store: Store, saver: Saver, resources: Iterable<Resource>): Promise<void> {
  for (const resource of resources) {
    const seeds = resource.single ? [resource.seed[0] ?? schemaDefaults(resource)] : resource.seed;
    if (seeds.length === 0 || (await store.list(resource.name)).length > 0) continue;
    const records = createServerRecords({ store, saver }, resource);
    for (const fields of seeds) {
      const id = resource.single ? 'main' : String(fields['id']);
      if (await store.load(resource.name, id)) continue;
      const override = Object.keys(fields).filter((name) => resource.classes.counter.includes(`/${name}`));
      try {
        await records.create({ ...fields, id }, { override });
      } catch (cause) {
        // Another node that starts at the same moment was faster, and does the rest of it too.
        if (cause instanceof SyncError && cause.code === 'ALREADY_EXISTS') continue;
        throw refusedSeed(resource, id, cause);
      }
      if (resource.drafts) await records.publish(id);
    }
  }
}

function refusedSeed(resource: Resource, id: string, cause: unknown): unknown {
  if (!(cause instanceof SyncError) || cause.code !== 'INVALID') return cause;
  return new SyncError(
    'OPTION_INVALID',
    `The first record "${id}" of "${resource.name}" is not valid: ${JSON.stringify(cause.extensions.errors)}. Give a valid one as "seed".`,
    { cause },
  );
}

/** The defaults that a schema declares; a required field without one gets the emptiest value of its type. */
function schemaDefaults(resource: Resource): JsonObject {
  const properties = resource.jsonSchema?.['properties'];
  if (!isJsonObject(properties)) return {};
  const required = resource.jsonSchema?.['required'];
  const fields: Record<string, JsonValue> = {};
  for (const [name, node] of Object.entries(properties)) {
    if (!isJsonObject(node)) continue;
    if (node['default'] !== undefined) fields[name] = node['default'];
    else if (Array.isArray(required) && required.includes(name)) fields[name] = emptyValue(node);
  }
  return fields;
}

function emptyValue(node: JsonObject): JsonValue {
  switch (node['type']) {
    case 'array':
      return [];
    case 'object':
      return {};
    case 'number':
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    default:
      return '';
  }
}
