import type { Request } from 'express';
import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { bodyKind, readJsonBody } from '../records/readJsonBody.ts';
import { parseIfMatch, splitBody, type SaveBase } from '../records/saveBase.ts';
import type { SaveBody } from '../records/saveRequest.ts';
import { contentTagPrefix } from './syncEtag.ts';

/** What a client sent to a route with smartMerge. */
export interface Sent {
  /** The body as it came. */
  readonly raw: JsonValue;
  readonly body: SaveBody;
  readonly base: SaveBase;
  /** The ETags of `If-Match` that syncEtag made; others are the route's own affair. */
  readonly tags: readonly string[];
}

/** Larger than any body parser's own default; the integrator's parser has usually set a smaller one. */
const maxBodyBytes = 1_048_576;
const maxDepth = 64;
const maxTags = 20;

/**
 * Reads and inspects the body, whether a parser was mounted before or not.
 *
 * Errors  BODY_NOT_JSON, BODY_NOT_OBJECT, BODY_TOO_LARGE, MEDIA_TYPE, BASE_INVALID and those of inspectJson
 */
export async function readSent(request: Request): Promise<Sent> {
  const kind = bodyKind(request.get('content-type'));
  const raw = await readJsonBody(request, maxBodyBytes);
  inspectJson(raw, maxDepth);
  const header = request.get('if-match')?.trim();
  // An If-Match with other tags speaks of the route's own ETags and is its handler's affair.
  // A proxy that compresses makes tags weak; the content that ours name is the same.
  const given = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  const tags = given.filter((tag) => tag.startsWith(contentTagPrefix));
  if (tags.length > maxTags) throw new SyncError('BASE_INVALID', `If-Match may have at most ${maxTags} tags.`);
  const ifMatch = header === '*' ? parseIfMatch('*') : null;
  if (kind === 'jsonPatch') return { raw, body: { kind, operations: raw }, base: ifMatch ?? { kind: 'none' }, tags };
  if (!isJsonObject(raw)) throw new SyncError('BODY_NOT_OBJECT', 'Send a JSON object with the fields to save.');
  if (kind === 'mergePatch') return { raw, body: { kind, patch: raw }, base: ifMatch ?? { kind: 'none' }, tags };
  const { fields, unset, base } = splitBody(raw, ifMatch);
  // On their route `version` may mean something else: it is a base only on ours, or where `baseField` names it.
  return { raw, body: { kind, fields, unset }, base: base.kind === 'versions' ? { kind: 'none' } : base, tags };
}
