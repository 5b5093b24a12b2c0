import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import { refuseOption } from '../options.ts';
import { changedErrors } from '../records/changedErrors.ts';
import { inspectJson } from '../records/inspectJson.ts';
import { isStandardSchema, validateRecord, type StandardSchema } from '../records/standardSchema.ts';
import { toJson } from './mergeRoute.ts';
import { hasMergeAhead, mergeStateOf } from './mergeState.ts';
import { sendProblem } from './problemHandler.ts';
import { createRouteTable } from './routeTable.ts';

/** A schema for one route, or many by their path for `app.use`. */
export type ValidateOptions = StandardSchema | { readonly resources: Readonly<Record<string, StandardSchema>> };

/**
 * Refuses a record that its schema does not accept, before the handler sees it.
 *
 * It judges the merged record: mounted before `smartMerge` on the same route it leaves its schema for the merge; mounted
 * after it, or alone, it judges `req.body`. Mounted before a merge that it cannot see (`app.use`), it judges the body as it
 * came, which is stricter and never laxer.
 *
 * Errors  as a problem: INVALID with `errors: [{ path, code, message }]`; BAD_PARAMETER; OPTION_INVALID at start-up
 */
export function validateChanges(options: ValidateOptions): RequestHandler {
  const table = isStandardSchema(options) ? null : createRouteTable(checkSchemas(options.resources));
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.method !== 'PUT' && request.method !== 'PATCH' && request.method !== 'POST') {
      next();
      return;
    }
    const run = async (): Promise<void> => {
      const schema = table ? table.find(request)?.value : (options as StandardSchema);
      if (!schema) return;
      if (request.method !== 'POST' && hasMergeAhead(request)) mergeStateOf(request).schemas.push(schema);
      else await judge(schema, request);
    };
    run().then(
      () => next(),
      (error: unknown) => (error instanceof SyncError ? sendProblem(request, response, error) : next(error)),
    );
  };
}

async function judge(schema: StandardSchema, request: Request): Promise<void> {
  const body: unknown = request.body;
  if (!isJsonObject(body))
    throw new SyncError(
      'BODY_NOT_OBJECT',
      'Send a JSON object with the fields to save (and mount express.json() before this route).',
    );
  const { merge } = request;
  if (merge === undefined) inspectJson(body, 64);
  // What the handler stores in the end: with `body: 'changes'` the whole record is not in the body.
  const record = merge && mergeStateOf(request).hasOnlyChanges ? wholeOf(merge.merged, body) : body;
  const validation = await validateRecord(schema, record);
  if (validation.ok) return;
  const resource = mergeStateOf(request).resource ?? 'the record';
  const mine = merge
    ? await changedErrors(
        validation.errors,
        { merged: toJson(record, resource), current: toJson(merge.current, resource) },
        () => validateRecord(schema, toJson(merge.current, resource)),
      )
    : validation.errors;
  if (mine.length === 0) return;
  throw new SyncError(
    'INVALID',
    `${mine.length === 1 ? 'One field is' : `${mine.length} fields are`} not valid; nothing was saved.`,
    { extensions: { errors: mine } },
  );
}

/** A removed field is null among the changes, and absent from the record. */
function wholeOf(merged: JsonObject, changes: JsonObject): JsonObject {
  const stays = ([name, value]: readonly [string, unknown]) => value !== null || Object.hasOwn(merged, name);
  return { ...merged, ...Object.fromEntries(Object.entries(changes).filter(stays)) };
}

function checkSchemas(schemas: Readonly<Record<string, StandardSchema>>): Readonly<Record<string, StandardSchema>> {
  if (typeof schemas !== 'object' || schemas === null)
    refuseOption('validateChanges', 'schema', 'a Standard Schema (zod, valibot, arktype), or { resources }', schemas);
  for (const [path, schema] of Object.entries(schemas))
    if (!isStandardSchema(schema)) refuseOption('validateChanges', path, 'a Standard Schema', typeof schema);
  return schemas;
}
