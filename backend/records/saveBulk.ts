import type { Request, Response } from 'express';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError, toProblem } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { contextOf } from '../requestContext.ts';
import type { Resource } from './defineResource.ts';
import { inspectJson } from './inspectJson.ts';
import { bodyKind, readJsonBody } from './readJsonBody.ts';
import { commonSave, isRecordId } from './readSaveRequest.ts';
import { answerSave } from './runSave.ts';
import { parseIfMatch, splitBody } from './saveBase.ts';
import type { SaveRequest } from './saveRequest.ts';

/** The most records of one request. */
export const maxBulk = 200;

/**
 * `PATCH /<resource>` with a list of `{ id, … }`: one save for each record, each with its own outcome.
 *
 * No save waits for another one and none is half stored; the list as a whole is no transaction. Each item may carry its own
 * `$base`, `$unset` or `version`; `If-Match: *` counts for all. Under an `Idempotency-Key` each record has a key of its own,
 * so that a repeat answers what was done and does what was not.
 *
 * Shape   200 when every save went through, 207 when some were refused: `[{ id, status, outcome, etag, record } | { id, status, problem }]`
 * Errors  BODY_NOT_JSON, BAD_PARAMETER, BASE_INVALID, BODY_TOO_LARGE and those of the headers; then nothing was saved
 */
export async function saveBulk(core: Core, request: Request, response: Response, resource: Resource): Promise<void> {
  const ifMatch = parseIfMatch(request.get('if-match'));
  if (ifMatch !== null && ifMatch.kind !== 'overrule')
    throw new SyncError(
      'BASE_INVALID',
      'A list takes only If-Match: *; give each record its own "$base" or "version".',
    );
  if (bodyKind(request.get('content-type')) !== 'fields')
    throw new SyncError('MEDIA_TYPE', 'Send the list as application/json.', {
      extensions: { accepted: ['application/json'] },
    });
  const raw = await readJsonBody(request, core.limits.maxBodyBytes);
  inspectJson(raw, core.limits.maxDepth);
  const items = readItems(raw);
  // What the headers and the address say is about the whole list, and refused as a whole.
  commonSave(core, request, resource, raw);
  const { user } = contextOf(request).identity;
  const results = await Promise.all(
    items.map(async ({ id, ...item }) => {
      try {
        const { common, receipt } = commonSave(core, request, resource, item);
        const { fields, unset, base } = splitBody(item, ifMatch, resource);
        const save: SaveRequest = {
          ...common,
          key: common.key && { ...common.key, key: `${common.key.key}/${id}` },
          resource,
          id,
          intent: 'update',
          body: { kind: 'fields', fields, unset },
          base,
          needsBase: user?.kind !== 'api',
          refuseUnknown: true,
        };
        const { status, outcome, etag, body } = await answerSave(core, request, save, receipt);
        return { id, status, outcome, etag, record: body };
      } catch (error) {
        return { id, ...refusal(core, request, error) };
      }
    }),
  );
  const isWhole = results.every(({ status }) => status < 300);
  response
    .status(isWhole ? 200 : 207)
    .set('Cache-Control', 'no-store')
    .json(results);
}

function refusal(core: Core, request: Request, error: unknown): { status: number; problem: object } {
  const { requestId } = contextOf(request);
  if (!(error instanceof SyncError)) core.logger.error({ err: error, requestId }, 'a save of a list failed');
  const problem = toProblem(error, requestId);
  return { status: problem.status, problem };
}

function readItems(raw: JsonValue): readonly (JsonObject & { readonly id: string })[] {
  if (!Array.isArray(raw))
    throw new SyncError(
      'BAD_PARAMETER',
      'Send a list of records with their ids, such as [{ "id": "a", "role": "…" }].',
    );
  const list: readonly JsonValue[] = raw;
  if (list.length > maxBulk)
    throw new SyncError(
      'BAD_PARAMETER',
      `At most ${maxBulk} records at once; ${list.length} came. Send them in parts.`,
    );
  const seen = new Set<string>();
  return list.map((item, index) => {
    const id = isJsonObject(item) ? item['id'] : undefined;
    if (!isJsonObject(item) || typeof id !== 'string' || !isRecordId(id))
      throw new SyncError('BAD_PARAMETER', `Item ${index} has to be an object with the id of a record.`);
    if (seen.has(id))
      throw new SyncError('BAD_PARAMETER', `The list has "${id}" twice; send one item for each record.`);
    seen.add(id);
    return { ...item, id };
  });
}
