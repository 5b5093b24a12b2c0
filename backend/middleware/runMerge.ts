import type { Request, Response } from 'express';
import type { JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { readSaveHeaders, type SaveHeaders } from '../records/saveHeaders.ts';
import { readDryRun } from '../records/readSaveRequest.ts';
import { validateRecord, type StandardSchema } from '../records/standardSchema.ts';
import { acceptAll } from './acceptAll.ts';
import { mergedBefore, type MergedBefore } from './mergedBefore.ts';
import { expectedVersion, toJson, type MergeRoute } from './mergeRoute.ts';
import { mergeOnce, resourceOf } from './mergeOnce.ts';
import { mergeStateOf, type MergeState } from './mergeState.ts';
import { createMergeTurns, type MergeTurns } from './mergeTurns.ts';
import { sendProblem } from './problemHandler.ts';
import { readSent, type Sent } from './readSent.ts';
import { routeBase, saysBase } from './routeBase.ts';
import type { RecordLock } from './recordLock.ts';
import { viewOf, viewOfConflict } from './viewOf.ts';

/** One request through smartMerge. */
export interface MergeRun {
  readonly route: MergeRoute;
  readonly params: Readonly<Record<string, string>>;
  readonly request: Request;
  readonly response: Response;
  readonly lock: RecordLock;
  readonly lockTimeoutMs: number;
  readonly allowSilent: (request: Request) => boolean;
  /** Called for each save that does not say what it is based on. */
  readonly onBlind: () => void;
}

/** How often `save` may lose against another process before the client is asked to try again. */
const maxAttempts = 5;

/**
 * Merges one request and says whether the next handler runs; false when the answer was given here, or nobody waits for one.
 *
 * The body is read before the turn of the record is taken: whoever sends slowly keeps nobody waiting. The turn is taken
 * before `load` and given back when the handler has answered, so that what was loaded is still what is stored while it writes.
 */
export async function runMerge(run: MergeRun): Promise<boolean> {
  const { route, params, request, response } = run;
  const state = mergeStateOf(request);
  state.isMergeDone = true;
  try {
    const headers = readSaveHeaders(request);
    if (!headers.notify && !run.allowSilent(request))
      throw new SyncError('FORBIDDEN', 'You may not save without telling the site (Prefer: notify=none).');
    const id = route.id?.(request, params) ?? params['id'] ?? 'main';
    const address = `${route.resource}/${id}`;
    const before = mergedBefore(request, state, { route, address });
    if (before?.isStored) return true;
    const sent = before ? before.sent : await readSent(request);
    // What speaks about the save ($base, $unset) is not part of the record that the handler may create.
    if (!before) request.body = sent.body.kind === 'fields' ? sent.body.fields : sent.raw;
    Object.assign(state, { resource: route.resource, id, notify: headers.notify, mutationId: headers.idempotencyKey });
    state.reload = async () => route.load(request, params);
    const turns = createMergeTurns({ ...run, state }, { resource: route.resource, id });
    if (!(await turns.takeAddress())) return false;
    const proceeds = await merge(before ? { ...run, route: before.route } : run, {
      state,
      headers,
      sent,
      before,
      turns,
    });
    state.merged = { address, route: before?.route ?? route, sent: before?.original ?? sent };
    return proceeds;
  } catch (error) {
    if (!(error instanceof SyncError) || error.code === 'INTERNAL') throw error;
    sendProblem(request, response, viewOfConflict(route, request, error));
    return false;
  }
}

/** What is known of a request before its record is read. */
interface MergeWork {
  readonly state: MergeState;
  readonly headers: SaveHeaders;
  readonly sent: Sent;
  readonly before: MergedBefore | null;
  readonly turns: MergeTurns;
}

async function merge(run: MergeRun, work: MergeWork): Promise<boolean> {
  const { route, params, request, response } = run;
  const { state, headers, sent, before, turns } = work;
  const id = state.id ?? 'main';
  const schemas = [...state.schemas, ...(route.schema ? [route.schema] : [])];
  const resource = resourceOf(route, schemas);
  const isDryRun = readDryRun(request.query['dryRun']);
  let isBaseChecked = false;
  let readings = 0;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    turns.beforeLoad();
    const loaded = await route.load(request, params);
    if (loaded === null || loaded === undefined) {
      if (isDryRun) throw new SyncError('NOT_FOUND', 'Nothing is stored here, and a dry run creates nothing.');
      await judgeUnstored(schemas, sent);
      // Nothing is stored there: the route's own handler knows what to answer.
      return true;
    }
    const current = toJson(loaded, route.resource);
    const turn = await turns.takeOwn(current);
    if (turn === 'left') return false;
    if (turn === 'read again') {
      // No try was lost against another process; whoever is led to ever other records gives up all the same.
      if (readings++ < maxAttempts) attempt -= 1;
      continue;
    }
    if (!isBaseChecked) checkBase(run, before?.original ?? sent, current);
    isBaseChecked = true;
    const based = { ...sent, base: routeBase(route, sent, { current, id }) };
    const merged = await mergeOnce({ route, resource, request, sent: based, keep: headers.keep, current, loaded, id }).catch(
      (error: unknown) => { throw withCurrent(error, current); },
    ); // prettier-ignore
    const info = before ? before.join(merged) : merged;
    request.merge = info;
    if (info.receipt.outcome === 'unchanged' && route.unchanged !== 'pass') {
      response
        .set('Sync-Outcome', 'unchanged')
        .status(200)
        .json({ ...viewOf(route, request, current), $receipt: info.receipt });
      return false;
    }
    if (isDryRun) {
      response
        .set('Sync-Outcome', info.receipt.outcome)
        .status(200)
        .json({ ...viewOf(route, request, toJson(info.merged, route.resource)), $receipt: info.receipt });
      return false;
    }
    state.hasOnlyChanges = route.body === 'changes';
    request.body = state.hasOnlyChanges ? info.changes : info.merged;
    if (!route.save) return true;
    const saved = await route.save(info.merged, {
      expectedVersion: expectedVersion(route, loaded),
      changes: info.changes,
      request,
    });
    if (saved !== null && saved !== undefined) {
      request.merge = { ...info, saved };
      return true;
    }
  }
  throw new SyncError(
    'SAVE_BUSY',
    'Other processes are saving this record faster than it can be merged. Send the same save again in a moment.',
    {
      extensions: { retryAfterSeconds: 1 },
    },
  );
}

/** A handler that creates what is missing gets the body as it was sent, so that is what the schemas judge, without what speaks about the save. */
async function judgeUnstored(schemas: readonly StandardSchema[], { body, raw }: Sent): Promise<void> {
  if (schemas.length === 0) return;
  const record = body.kind === 'fields' ? body.fields : (raw as JsonObject);
  const validation = await validateRecord(acceptAll(schemas), record);
  if (validation.ok) return;
  const { errors } = validation;
  throw new SyncError(
    'INVALID',
    `${errors.length === 1 ? 'One field is' : `${errors.length} fields are`} not valid; nothing was saved.`,
    { extensions: { errors } },
  );
}

/** A refusal shows what is stored, so that a client can do what it is told to do. */
function withCurrent(error: unknown, current: JsonObject): unknown {
  if (!(error instanceof SyncError) || error.code === 'INTERNAL' || error.extensions['current'] !== undefined)
    return error;
  return new SyncError(error.code, error.message, { extensions: { ...error.extensions, current }, cause: error });
}

function checkBase({ route, onBlind }: MergeRun, sent: Sent, current: JsonObject): void {
  if (saysBase(route, sent)) return;
  if (route.base === 'required') {
    throw new SyncError(
      'BASE_REQUIRED',
      'Send "$base" with the values that the form was loaded with, or If-Match: * to overrule whatever others saved.',
      { extensions: { current } },
    );
  }
  onBlind();
  warnOnce(route);
}

const warned = new WeakSet<MergeRoute>();

/** Older clients must go on working, but whoever runs the server should know that they can overwrite each other. */
function warnOnce(route: MergeRoute): void {
  if (warned.has(route)) return;
  warned.add(route);
  process.emitWarning(
    `A save of "${route.resource}" did not say what it was based on: it sets its fields whoever changed them. Send "$base", or close this with base: 'required'.`,
    { type: 'BackofficeSyncWarning', code: 'BACKOFFICE_SYNC_BLIND_SAVE' },
  );
}
