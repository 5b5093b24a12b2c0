import type { Request, Response } from 'express';
import { formatEtag } from '../../shared/cursor.ts';
import { isJsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Core } from '../core.ts';
import { contextOf } from '../requestContext.ts';
import type { SaveRequest, SaveResult } from './saveRequest.ts';

/** Saves and answers, and writes the one log line of the save, whatever its outcome. */
export async function runSave(
  core: Core,
  request: Request,
  response: Response,
  save: SaveRequest,
  wantsReceipt: boolean,
): Promise<void> {
  const startedAt = performance.now();
  const line = {
    requestId: contextOf(request).requestId,
    actor: save.actor.name,
    resource: save.resource.name,
    id: save.id,
    intent: save.intent,
    ...(save.dryRun ? { dryRun: true } : {}),
  };
  const durationMs = () => Math.round((performance.now() - startedAt) * 100) / 100;
  let result: SaveResult;
  try {
    result = await core.saver.save(save);
  } catch (error) {
    const outcome = error instanceof SyncError ? error.code : 'INTERNAL';
    core.logger.info({ ...line, outcome, durationMs: durationMs() }, 'save refused');
    throw withEtag(core, error);
  }
  core.logger.info({ ...line, outcome: result.outcome, version: result.version, durationMs: durationMs() }, 'save');
  sendSaved(core, request, response, save, result, wantsReceipt);
}

function sendSaved(
  core: Core,
  request: Request,
  response: Response,
  save: SaveRequest,
  result: SaveResult,
  wantsReceipt: boolean,
): void {
  response.set('Sync-Outcome', result.outcome).set('Cache-Control', 'no-store');
  if (result.repeated) response.set('Idempotent-Replayed', 'true');
  const record = core.permissions.view(contextOf(request).audience, save.resource, result.record);
  if (record === null) {
    response.status(204).end();
    return;
  }
  response.set('ETag', formatEtag({ epoch: core.store.log.epoch, version: result.version }));
  if (result.outcome === 'created')
    response.status(201).location(`${request.baseUrl}/${save.resource.name}/${encodeURIComponent(result.id)}`);
  const overwrote = result.receipt.fields.some((field) => field.status === 'overwrote');
  const tells = wantsReceipt || overwrote || result.outcome === 'unchanged';
  response.json(tells ? { ...record, $receipt: result.receipt } : record);
}

/** A refusal that shows the current record also says its ETag, so that the next try has a base. */
function withEtag(core: Core, error: unknown): unknown {
  if (!(error instanceof SyncError)) return error;
  const { current } = error.extensions;
  if (!isJsonObject(current) || typeof current['version'] !== 'number') return error;
  const etag = formatEtag({ epoch: core.store.log.epoch, version: current['version'] });
  return new SyncError(error.code, error.message, { extensions: { ...error.extensions, etag }, cause: error.cause });
}
