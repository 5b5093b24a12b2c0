import type { JsonObject } from '../../shared/json.ts';
import { v7 as uuidV7 } from 'uuid';
import { serverActor } from '../auth/actorOf.ts';
import type { Actor } from '../../shared/change.ts';
import type { Store } from '../stores/store.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Resource } from './defineResource.ts';
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
}

/** Opens a resource to the server's own code. */
export function createServerRecords(store: Store, saver: Saver, resource: Resource): ServerRecords {
  const save = (
    id: string,
    intent: SaveRequest['intent'],
    fields: JsonObject | null,
    options: ServerSaveOptions = {},
  ) => {
    if (!isRecordId(id))
      return Promise.reject(
        new SyncError(
          'BAD_PARAMETER',
          `"${id.slice(0, 100)}" cannot be the id of a record: letters, digits, "-", "_", "." and "~", at most 128 of them.`,
        ),
      );
    return saver.save({
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
  };
  return {
    async get(id = 'main') {
      const stored = await store.load(resource.name, id);
      return stored?.record ? withoutSecrets(resource, stored.record) : null;
    },
    async list() {
      const stored = await store.list(resource.name);
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
  };
}
