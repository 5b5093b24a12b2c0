import type { Request, Response } from 'express';
import { formatEtag } from '../../shared/cursor.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { contextOf } from '../requestContext.ts';
import type { SaveRequest, SaveResult } from './saveRequest.ts';
import { settled } from './sourcedFields.ts';

/** What a save is answered with. */
export interface SaveAnswer {
  readonly status: 200 | 201 | 204;
  readonly outcome: SaveResult['outcome'];
  readonly id: string;
  /** True when it is the first answer to the same key, given again. */
  readonly repeated: boolean;
  /** As the asker sees the record, with its receipt where that is told; null for a record that is gone or hidden. */
  readonly body: JsonObject | null;
  readonly etag: string;
}

/** Saves and answers. */
export async function runSave(
  core: Core,
  request: Request,
  response: Response,
  save: SaveRequest,
  wantsReceipt: boolean,
): Promise<void> {
  const answer = await answerSave(core, request, save, wantsReceipt);
  response.set('Sync-Outcome', answer.outcome).set('Cache-Control', 'no-store').status(answer.status);
  if (answer.repeated) response.set('Idempotent-Replayed', 'true');
  if (answer.body === null) {
    response.end();
    return;
  }
  response.set('ETag', answer.etag);
  if (answer.status === 201)
    response.location(`${request.baseUrl}/${save.resource.name}/${encodeURIComponent(answer.id)}`);
  response.json(answer.body);
}

/**
 * Saves, and writes the one log line of the save, whatever its outcome.
 *
 * Errors  those of Saver, with the current record as the asker may see it
 */
export async function answerSave(
  core: Core,
  request: Request,
  save: SaveRequest,
  wantsReceipt: boolean,
): Promise<SaveAnswer> {
  const startedAt = performance.now();
  const line = {
    requestId: contextOf(request).requestId,
    actor: save.actor.name,
    resource: save.resource.name,
    id: save.id,
    intent: save.intent,
    ...(save.dryRun ? { dryRun: true } : {}),
  };
  const measured = (outcome: string): number => {
    const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
    core.countSave({ resource: save.resource.name, outcome, durationMs });
    return durationMs;
  };
  let result: SaveResult;
  try {
    result = await settled(core, save, await core.saver.save(save));
  } catch (error) {
    const outcome = error instanceof SyncError ? error.code : 'INTERNAL';
    core.logger.info({ ...line, outcome, durationMs: measured(outcome) }, 'save refused');
    throw await withCurrent(core, request, save, error);
  }
  const { outcome, version } = result;
  core.logger.info({ ...line, outcome, version, durationMs: measured(outcome) }, 'save');
  return answerOf(core, request, save, result, wantsReceipt);
}

async function answerOf(
  core: Core,
  request: Request,
  save: SaveRequest,
  result: SaveResult,
  wantsReceipt: boolean,
): Promise<SaveAnswer> {
  const { outcome, id, repeated } = result;
  const complete = await core.counters.completer(save.resource, id);
  const whole = result.record && complete(result.record);
  const record = core.permissions.view(contextOf(request).audience, save.resource, whole);
  const etag = formatEtag({ epoch: core.store.log.epoch, version: result.version });
  if (record === null) return { status: 204, outcome, id, repeated, body: null, etag };
  const overwrote = result.receipt.fields.some((field) => field.status === 'overwrote');
  const tells = wantsReceipt || overwrote || outcome === 'unchanged';
  const body = tells ? { ...record, $receipt: result.receipt as unknown as JsonObject } : record;
  return { status: outcome === 'created' ? 201 : 200, outcome, id, repeated, body, etag };
}

/** Refusals after which a client needs to know what is stored, to do what it is told to do. */
const tellsCurrent: readonly ErrorCode[] = ['BASE_REQUIRED', 'INVALID', 'PATCH_FAILED', 'TEST_FAILED'];

/** A refusal shows the current record, with its counters, and says its ETag, so that the next try has a base. */
async function withCurrent(core: Core, request: Request, save: SaveRequest, error: unknown): Promise<unknown> {
  if (!(error instanceof SyncError)) return error;
  const current = await currentOf(core, request, save, error);
  if (current === null) return error;
  const etag = formatEtag({ epoch: core.store.log.epoch, version: Number(current['version']) });
  return new SyncError(error.code, error.message, {
    extensions: { ...error.extensions, current, etag },
    cause: error.cause,
  });
}

async function currentOf(
  core: Core,
  request: Request,
  { resource, id, intent }: SaveRequest,
  { code, extensions }: SyncError,
): Promise<JsonObject | null> {
  const { current } = extensions;
  if (isJsonObject(current) && typeof current['version'] === 'number') return current;
  if (intent !== 'update' || !tellsCurrent.includes(code)) return null;
  const stored = await core.counters.load(resource, id);
  return core.permissions.view(contextOf(request).audience, resource, stored?.record ?? null);
}
