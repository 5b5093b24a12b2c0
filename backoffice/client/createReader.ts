import { formatEtag, parseCursor } from '../../shared/cursor.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import type { RecordMemory } from './recordMemory.ts';
import { localUrl, recordKeyOf } from './recordUrl.ts';
import { sendRequest, type Transport } from './sendRequest.ts';
import { SyncRequestError } from './SyncRequestError.ts';

/** A record as the server gave it. */
export interface LoadResult {
  readonly record: JsonObject;
  readonly etag: string | null;
}

/** One page of records. `next` is the URL of the page after it; `cursor` where to follow changes from. */
export interface LoadListResult {
  readonly records: readonly JsonObject[];
  readonly total: number | null;
  readonly next: string | null;
  readonly cursor: string | null;
}

/** Reads records; what it gives becomes the base of later saves. */
export interface Reader {
  load(url: string): Promise<LoadResult>;
  loadList(url: string): Promise<LoadListResult>;
}

/** Makes a reader that remembers what it gave. */
export function createReader(transport: Transport, memory: RecordMemory): Reader {
  const read = async (url: string) => {
    const answer = await sendRequest(transport, { url, method: 'GET', headers: { Accept: 'application/json' } });
    if (answer.kind === 'lost') throw new SyncRequestError(answer.problem);
    if (answer.problem !== null) throw new SyncRequestError(answer.problem);
    return answer;
  };
  return {
    async load(url) {
      const local = localUrl(transport.backendUrl, url);
      const { body, headers } = await read(local);
      if (!isJsonObject(body)) throw unexpected('an object', body);
      const etag = headers.get('ETag');
      memory.remember(local, { record: body, etag, typed: null });
      return { record: body, etag };
    },
    async loadList(url) {
      const local = localUrl(transport.backendUrl, url);
      const { body, headers } = await read(local);
      if (!Array.isArray(body)) throw unexpected('a list', body);
      const records = body.filter(isJsonObject);
      const cursor = headers.get('X-Sync-Cursor');
      const epoch = cursor === null ? undefined : parseCursor(cursor)?.epoch;
      for (const record of records) {
        const id = record['id'];
        if (typeof id !== 'string' && typeof id !== 'number') continue;
        const version = record['version'];
        const etag = epoch !== undefined && typeof version === 'number' ? formatEtag({ epoch, version }) : null;
        memory.remember(`${recordKeyOf(local)}/${encodeURIComponent(id)}`, { record, etag, typed: null });
      }
      const total = headers.get('X-Total-Count');
      return {
        records,
        total: total === null ? null : Number(total),
        next: /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get('Link') ?? '')?.[1] ?? null,
        cursor,
      };
    },
  };
}

function unexpected(expected: string, body: unknown): SyncRequestError {
  const came =
    body === undefined ? 'nothing' : Array.isArray(body) ? 'a list' : body === null ? 'null' : `a ${typeof body}`;
  const detail = `Expected ${expected}, ${came} came.`;
  return new SyncRequestError({
    code: 'ANSWER_UNREADABLE',
    title: 'The answer is not what was expected',
    status: 200,
    detail,
  });
}
