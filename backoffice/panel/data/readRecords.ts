/** Reading records, apart from the save queue. */
import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import { requestJson, send } from './requestJson.ts';

/** One page of a list; `next` is the path of the page after it. */
export interface RecordPage {
  readonly records: readonly JsonObject[];
  readonly total: number | null;
  readonly next: string | null;
}

/** Reads one record. */
export async function readRecord(url: string): Promise<JsonObject> {
  const record = await requestJson(url);
  return isJsonObject(record) ? record : {};
}

/** Reads one page; `next` of the answer keeps the address that this page was asked from. */
export async function readPage(url: string): Promise<RecordPage> {
  const { body, headers } = await send(url);
  const total = headers.get('x-total-count');
  const next = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(headers.get('link') ?? '')?.[1];
  return {
    records: Array.isArray(body) ? body.filter(isJsonObject) : [],
    total: total === null ? null : Number(total),
    next: next === undefined ? null : new URL(next, new URL(url, location.href)).href,
  };
}
