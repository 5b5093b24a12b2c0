import type { Request } from 'express';
import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { bodyKind, readJsonBody } from '../records/readJsonBody.ts';
import { parseIfMatch, splitBody, type SaveBase } from '../records/saveBase.ts';
import type { SaveBody } from '../records/saveRequest.ts';

/** What a client sent to a route with smartMerge. */
export interface Sent {
  /** The body as it came. */
  readonly raw: JsonValue;
  readonly body: SaveBody;
  readonly base: SaveBase;
}

/** Larger than any body parser's own default; the integrator's parser has usually set a smaller one. */
const maxBodyBytes = 1_048_576;
const maxDepth = 64;

/**
 * Reads and inspects the body, whether a parser was mounted before or not.
 *
 * Errors  BODY_NOT_JSON, BODY_NOT_OBJECT, BODY_TOO_LARGE, MEDIA_TYPE, BASE_INVALID and those of inspectJson
 */
export async function readSent(request: Request): Promise<Sent> {
  const kind = bodyKind(request.get('content-type'));
  const raw = await readJsonBody(request, maxBodyBytes);
  inspectJson(raw, maxDepth);
  // Another If-Match than * speaks of the route's own ETags and is its handler's affair.
  const ifMatch = request.get('if-match')?.trim() === '*' ? parseIfMatch('*') : null;
  if (kind === 'jsonPatch') return { raw, body: { kind, operations: raw }, base: ifMatch ?? { kind: 'none' } };
  if (!isJsonObject(raw)) throw new SyncError('BODY_NOT_OBJECT', 'Send a JSON object with the fields to save.');
  if (kind === 'mergePatch') return { raw, body: { kind, patch: raw }, base: ifMatch ?? { kind: 'none' } };
  const { fields, unset, base } = splitBody(raw, ifMatch);
  // On their route `version` may mean something else: it is a base only on ours.
  return { raw, body: { kind, fields, unset }, base: base.kind === 'versions' ? { kind: 'none' } : base };
}
