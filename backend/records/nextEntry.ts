import type { Operation } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import { undoOf, type StoredRecord } from '../log/advance.ts';
import type { ChangeDraft, Publication } from '../log/entry.ts';
import type { SaveOutcome } from '../../shared/receipt.ts';
import type { SaveRequest } from './saveRequest.ts';

/**
 * The log entry of a save: the record with its next version and everything that only the server sets.
 *
 * Shape   `content` is the merged record, or null for a delete
 * Units   `updatedAt` rises strictly per record, also when the clock does not
 */
export function nextEntry(
  request: SaveRequest,
  stored: StoredRecord | null,
  content: JsonObject | null,
  outcome: SaveOutcome,
  now: number,
): ChangeDraft {
  const { resource, id, intent, actor } = request;
  const version = (stored?.version ?? 0) + 1;
  const before = stored?.record ?? null;
  const publication = publicationOf(request);
  const record = content === null ? null : ownedFields(request, content, before, version, now);
  const operation: Operation = record === null ? 'deleted' : before === null ? 'created' : 'updated';
  const movesPublic = publication === 'published' || publication === 'withdrawn';
  return {
    kind: 'change',
    resource: resource.name,
    id,
    operation,
    version,
    record,
    ...undoOf(before, record),
    publication,
    ...(movesPublic ? { publishedBefore: stored?.published ?? null } : {}),
    actor,
    mutationId: request.mutationId ?? null,
    notify: request.notify ?? true,
    ...(request.key
      ? {
          key: {
            ...request.key,
            resource: resource.name,
            id,
            version,
            outcome: intent === 'create' ? 'created' : outcome,
          },
        }
      : {}),
  };
}

function publicationOf(request: SaveRequest): Publication {
  if (!request.resource.drafts) return 'follows';
  switch (request.intent) {
    case 'create':
    case 'update':
      return 'kept';
    case 'publish':
      return 'published';
    case 'delete':
    case 'unpublish':
      return 'withdrawn';
  }
}

function ownedFields(
  request: SaveRequest,
  content: JsonObject,
  before: JsonObject | null,
  version: number,
  now: number,
): JsonObject {
  const stamp = new Date(now).toISOString();
  const lastStamp = typeof before?.['updatedAt'] === 'string' ? Date.parse(before['updatedAt']) : Number.NaN;
  const { id: _id, version: _version, publishedVersion, createdAt, updatedAt, updatedBy, ...rest } = content;
  const own = request.accept
    ? { ...(updatedAt === undefined ? {} : { updatedAt }), ...(updatedBy === undefined ? {} : { updatedBy }) }
    : {};
  return {
    id: request.id,
    version,
    ...(request.resource.drafts
      ? { publishedVersion: publishedVersionOf(request, publishedVersion ?? null, version) }
      : {}),
    ...rest,
    createdAt:
      before !== null || request.accept || request.override?.includes('createdAt') ? (createdAt ?? stamp) : stamp,
    updatedAt: Number.isNaN(lastStamp) || now > lastStamp ? stamp : new Date(lastStamp + 1).toISOString(),
    updatedBy: request.actor.name,
    ...own,
  };
}

function publishedVersionOf(request: SaveRequest, old: JsonObject[string], version: number): JsonObject[string] {
  if (request.intent === 'publish') return version;
  if (request.intent === 'unpublish' || request.intent === 'create') return null;
  return old;
}
