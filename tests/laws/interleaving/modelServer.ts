import { createSealer } from '../../../backend/auth/sealer.ts';
import type { ChangeEntry } from '../../../backend/log/entry.ts';
import { defineResource } from '../../../backend/records/defineResource.ts';
import { createSaver } from '../../../backend/records/save.ts';
import { parseIfMatch, splitBody } from '../../../backend/records/saveBase.ts';
import type { SaveRequest as ServerRequest } from '../../../backend/records/saveRequest.ts';
import type { SaveRequest } from '../../../backoffice/client/buildSaveRequest.ts';
import type { SaveAnswer } from '../../../backoffice/client/sendSave.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { SyncError } from '../../../shared/problem.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';

/** The way in of the product without its sockets: the same merge, protection, versions and keys, on a store in memory. */
export interface ModelServer {
  /** Takes one request of a writer; resolves with what the writer's client would read out of the answer. */
  deliver(request: SaveRequest, writer: string): Promise<SaveAnswer>;
  load(): Promise<JsonObject>;
  /** Every change so far, in order. */
  changes(): Promise<readonly ChangeEntry[]>;
}

/** The address of the one record. */
export const recordUrl = '/api/docs/d1';

/** What it is at the start. */
export const firstRecord = {
  title: 'title',
  phone: 'phone',
  joinDate: 'protected',
  address: { street: 'street', city: 'city' },
  members: ['m1', 'm2'].map((id) => ({
    id,
    name: `name of ${id}`,
    role: `role of ${id}`,
    joinDate: `date of ${id}`,
  })),
} as const satisfies JsonObject;

const docs = defineResource({
  name: 'docs',
  immutable: ['/joinDate', '/members/*/joinDate'],
  // Says yes to everything: what is judged here is the merge.
  schema: { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } },
});
const sealer = createSealer(Buffer.alloc(32));

/** Opens one with its first record, version 1. */
export async function openModelServer(): Promise<ModelServer> {
  let time = 0;
  const now = (): number => (time += 1);
  const store = memoryStore({ epoch: 'epoch', now });
  const saver = createSaver({ store, sealer, now });
  const common = { resource: docs, id: 'd1' } as const;
  await saver.save({
    ...common,
    intent: 'create',
    body: { kind: 'fields', fields: firstRecord, unset: [] },
    base: { kind: 'none' },
    needsBase: false,
    actor: actorOf('server'),
  });

  const read = (request: SaveRequest, writer: string): ServerRequest => {
    const body = request.body ?? '{}';
    const { fields, unset, base } = splitBody(
      JSON.parse(body) as JsonObject,
      parseIfMatch(request.headers['If-Match']),
    );
    const key = request.headers['Idempotency-Key'] ?? '';
    return {
      ...common,
      intent: 'update',
      body: { kind: 'fields', fields, unset },
      base,
      needsBase: true,
      actor: actorOf(writer),
      mutationId: key,
      key: { scope: writer, key, bodyHash: body },
    };
  };
  return {
    async deliver(request, writer) {
      try {
        const { outcome, record, receipt, repeated } = await saver.save(read(request, writer));
        return { kind: 'saved', result: { outcome, record, etag: null, ...(repeated ? {} : { receipt }) } };
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        const { conflicts, current } = error.extensions as { conflicts?: never; current?: JsonObject };
        const problem = { code: error.code, title: error.message, status: 409 };
        if (conflicts === undefined) return { kind: 'refused', problem };
        return { kind: 'conflict', problem, conflicts, current: current ?? null, etag: null };
      }
    },
    async load() {
      return (await store.load('docs', 'd1'))?.record ?? {};
    },
    async changes() {
      const { entries } = await store.log.read(0, 10_000);
      return entries.filter((entry): entry is ChangeEntry => entry.kind === 'change');
    },
  };
}

function actorOf(name: string): ServerRequest['actor'] {
  return { id: name, name, kind: 'admin' };
}
