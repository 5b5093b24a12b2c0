import type { JsonObject } from '../../shared/json.ts';
import { v7 as uuidV7 } from 'uuid';
import { serverActor } from '../auth/actorOf.ts';
import type { Actor } from '../../shared/change.ts';
import type { Store } from '../stores/store.ts';
import { SyncError } from '../../shared/problem.ts';
import { createCounters, type Counters, type IncrementResult } from './counters/createCounters.ts';
import { counterNames } from './counters/withCounts.ts';
import type { Resource } from './defineResource.ts';
import { toPointer } from './fieldClasses.ts';
import { isRecordId } from './readSaveRequest.ts';
import type { Saver } from './save.ts';
import type { SaveRequest, SaveResult } from './saveRequest.ts';
import { withoutSecrets } from './withoutSecrets.ts';

/** What the server's own code may say about a save. */
export interface ServerSaveOptions {
  /** Who the log names. Default the server. */
  readonly actor?: Actor;
  /** Protected fields that this save may set (`['rating']`); named in the log like every change. */
  readonly override?: readonly string[];
  /** What the fields were based on; without it they are set whoever changed them. */
  readonly base?: JsonObject;
  /** False: webhooks and the site are not told. */
  readonly notify?: boolean;
}

/** Records of one resource for the server's own code, through the same save as every route. */
export interface ServerRecords {
  get(id?: string): Promise<JsonObject | null>;
  list(): Promise<readonly JsonObject[]>;
  create(fields: JsonObject, options?: ServerSaveOptions): Promise<SaveResult>;
  update(id: string, fields: JsonObject, options?: ServerSaveOptions): Promise<SaveResult>;
  delete(id: string, options?: ServerSaveOptions): Promise<SaveResult>;
  publish(id: string, options?: ServerSaveOptions): Promise<SaveResult>;
  /** Adds to counters, `{ views: 1 }`; with a `key`, a repeat counts once. */
  increment(
    id: string,
    by: Readonly<Record<string, number>>,
    options?: { readonly key?: string; readonly actor?: Actor },
  ): Promise<IncrementResult>;
}

/** Opens a resource to the server's own code. */
export function createServerRecords(
  { store, saver, counters = createCounters(store) }: { store: Store; saver: Saver; counters?: Counters },
  resource: Resource,
): ServerRecords {
  const save = async (
    id: string,
    intent: SaveRequest['intent'],
    fields: JsonObject | null,
    options: ServerSaveOptions = {},
  ): Promise<SaveResult> => {
    if (!isRecordId(id))
      throw new SyncError(
        'BAD_PARAMETER',
        `"${id.slice(0, 100)}" cannot be the id of a record: letters, digits, "-", "_", "." and "~", at most 128 of them.`,
      );
    // A stored start value plus what was counted since: setting the one would not give the value that was meant.
    const overridden = (options.override ?? []).map(toPointer);
    const isSet = (name: string) => overridden.includes(toPointer(name)) && fields?.[name] !== undefined;
    const counter = intent === 'update' ? counterNames(resource).find(isSet) : undefined;
    if (counter !== undefined)
      throw new SyncError('BAD_PARAMETER', `"${counter}" is a counter: add to it with increment().`);
    const saved = await saver.save({
      resource,
      id,
      intent,
      body: fields === null ? { kind: 'none' } : { kind: 'fields', fields, unset: [] },
      base: options.base ? { kind: 'values', values: options.base } : { kind: 'overrule' },
      needsBase: false,
      actor: options.actor ?? serverActor,
      override: options.override ?? [],
      notify: options.notify ?? true,
      refuseUnknown: true,
    });
    // What comes back may be sent on by whoever asked: secrets leave no room of ours, not even sealed.
    const complete = await counters.completer(resource, saved.id);
    return { ...saved, record: saved.record && complete(withoutSecrets(resource, saved.record)) };
  };
  return {
    async get(id = 'main') {
      const stored = await counters.load(resource, id);
      return stored?.record ? withoutSecrets(resource, stored.record) : null;
    },
    async list() {
      const stored = await counters.list(resource);
      return stored.flatMap((item) => (item.record ? [withoutSecrets(resource, item.record)] : []));
    },
    create: (fields, options) =>
      save(
        resource.single ? 'main' : typeof fields['id'] === 'string' ? fields['id'] : uuidV7(),
        'create',
        fields,
        options,
      ),
    update: (id, fields, options) => save(id, 'update', fields, options),
    delete: (id, options) => save(id, 'delete', null, options),
    publish: (id, options) => save(id, 'publish', null, options),
    async increment(id, by, { key, actor = serverActor } = {}) {
      const names = counterNames(resource);
      for (const [name, delta] of Object.entries(by))
        if (!names.includes(name) || !Number.isSafeInteger(delta))
          throw new SyncError(
            'BAD_PARAMETER',
            `"${name}" of ${resource.name}: give a counter and a whole number to add.`,
          );
      const saved =
        key === undefined ? null : { scope: 'server', key, bodyHash: JSON.stringify([resource.name, id, by]) };
      return counters.increment({ resource, id, by, actor, key: saved });
    },
  };
}
