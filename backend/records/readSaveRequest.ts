import type { Request } from 'express';
import { v7 as uuidV7 } from 'uuid';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { actorOf } from '../auth/actorOf.ts';
import type { Core } from '../core.ts';
import { contextOf } from '../requestContext.ts';
import type { Resource } from './defineResource.ts';
import { inspectJson } from './inspectJson.ts';
import { bodyKind, readJsonBody } from './readJsonBody.ts';
import { parseIfMatch, splitBody, type SaveBase } from './saveBase.ts';
import { hashOfSave, readSaveHeaders } from './saveHeaders.ts';
import type { SaveBody, SaveRequest } from './saveRequest.ts';

/** A save as it was sent; the id is the route's affair. */
export interface ReadSave {
  readonly request: Omit<SaveRequest, 'id'>;
  /** True when the answer should have the receipt. */
  readonly receipt: boolean;
  /** The id that a create asks for. */
  readonly wantedId: string | null;
}

/**
 * Reads headers and body of a save: the first steps of docs/a-save-step-by-step.md.
 *
 * Errors  FORBIDDEN for notify=none without the right, and all of readBody, inspectJson, saveBase and saveHeaders
 */
export async function readSaveRequest(
  core: Core,
  request: Request,
  what: { resource: Resource; intent: SaveRequest['intent'] },
): Promise<ReadSave> {
  const ifMatch = parseIfMatch(request.get('if-match'));
  const { body, base, raw } = await readContent(core, request, what, ifMatch);
  const { common, receipt } = commonSave(core, request, what.resource, raw);
  const { user } = contextOf(request).identity;
  return {
    receipt,
    wantedId:
      body.kind === 'fields' && body.fields['id'] !== undefined && body.fields['id'] !== null
        ? textOf(body.fields['id'])
        : null,
    request: {
      ...common,
      resource: what.resource,
      intent: what.intent,
      body,
      base,
      ...(core.ifMatch === 'strict' && ifMatch?.kind === 'versions' ? { exactVersion: true } : {}),
      // Machines may set fields blindly with PATCH; people, PUT and DELETE say what they stand on.
      needsBase: what.intent !== 'create' && (request.method !== 'PATCH' || user?.kind !== 'api'),
      refuseUnknown: true,
    },
  };
}

/**
 * What the headers of a save say, whatever its body: who, which fields stay, whether the site is told, its key, a dry run.
 *
 * Errors  BAD_PARAMETER, FORBIDDEN for notify=none without the right
 */
export function commonSave(
  core: Core,
  request: Request,
  resource: Resource,
  raw: unknown,
): {
  common: Pick<SaveRequest, 'actor' | 'keep' | 'notify' | 'mutationId' | 'key' | 'dryRun' | 'access' | 'maxDepth'>;
  receipt: boolean;
} {
  const { identity, audience } = contextOf(request);
  const { user } = identity;
  const headers = readSaveHeaders(request);
  if (!headers.notify && !core.permissions.can(user, 'silence', resource, null)) {
    throw new SyncError('FORBIDDEN', 'You may not save without telling the site (Prefer: notify=none).');
  }
  const key = headers.idempotencyKey;
  return {
    receipt: headers.receipt,
    common: {
      maxDepth: core.limits.maxDepth,
      // Asked inside the chain of the record, about what is really there before and after the save.
      access: {
        sees: (record: JsonObject) => core.permissions.view(audience, resource, record) !== null,
        may: (action, record) => core.permissions.can(user, action, resource, record),
      },
      actor: actorOf(user),
      keep: headers.keep,
      notify: headers.notify,
      mutationId: key,
      key: key === null ? null : { scope: user?.id ?? '', key, bodyHash: hashOfSave(request, raw) },
      dryRun: readDryRun(request.query['dryRun']),
    },
  };
}

/** The id of a new record: the one that the client chose, so that it may retry and link to it at once, else a uuid v7. */
export function newRecordId(save: ReadSave): string {
  if (save.wantedId === null) return uuidV7();
  if (isRecordId(save.wantedId)) return save.wantedId;
  throw new SyncError('INVALID', 'The id may have letters, digits, "-", "_", "." and "~", at most 128 of them.', {
    extensions: { errors: [{ path: '/id', code: 'id', message: 'This id is not possible.' }] },
  });
}

/** True for a text that an address can carry; `.` and `..` would be taken out of it by every browser. */
export function isRecordId(text: string): boolean {
  return /^[\w.~-]{1,128}$/.test(text) && text !== '.' && text !== '..';
}

async function readContent(
  core: Core,
  request: Request,
  { intent, resource }: { readonly resource: Resource; readonly intent: SaveRequest['intent'] },
  ifMatch: SaveBase | null,
): Promise<{ body: SaveBody; base: SaveBase; raw: unknown }> {
  if (intent === 'delete') return { body: { kind: 'none' }, base: ifMatch ?? { kind: 'none' }, raw: null };
  const kind = bodyKind(request.get('content-type'));
  const raw = await readJsonBody(request, core.limits.maxBodyBytes);
  inspectJson(raw, core.limits.maxDepth);
  if (kind === 'jsonPatch') return { body: { kind, operations: raw }, base: ifMatch ?? { kind: 'none' }, raw };
  if (!isJsonObject(raw)) {
    throw new SyncError('BODY_NOT_OBJECT', `Send a JSON object with the fields to save; ${describe(raw)} came.`);
  }
  if (kind === 'mergePatch') return { body: { kind, patch: raw }, base: ifMatch ?? { kind: 'none' }, raw };
  const { fields, unset, base } = splitBody(raw, ifMatch, resource);
  return { body: { kind, fields, unset }, base, raw };
}

/** An id that is no text is refused like one with impossible letters, instead of being replaced silently. */
function textOf(id: JsonValue): string {
  return typeof id === 'string' ? id : '';
}

/**
 * True for a save that is only tried.
 *
 * Errors  BAD_PARAMETER: a dry run that was asked for in other words must not write
 */
export function readDryRun(value: unknown): boolean {
  if (value === undefined || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true') return true;
  throw new SyncError('BAD_PARAMETER', '"dryRun" has to be 1 or 0.');
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
