import type { Request } from 'express';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { StandardSchema } from '../records/standardSchema.ts';
import { plainJson } from './nativeValues.ts';

/** How one route of the integrator is protected. */
export interface MergeRoute {
  /** The resource's name: settings, team, services and solutions bring their protected fields along. */
  readonly resource: string;
  /** Gives the stored record, or null when there is none; then the route's own handler answers. */
  readonly load: (request: Request, params: Readonly<Record<string, string>>) => unknown;
  /** Fields that the client may not change, beside the defaults. */
  readonly preserve?: readonly string[];
  /** The id of the record. Default the parameter `id`, or `main`. */
  readonly id?: (request: Request, params: Readonly<Record<string, string>>) => string;
  /** Judges the merged record, as validateChanges would. */
  readonly schema?: StandardSchema;
  /** Key fields of lists that do not use `id`, by pointer. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Lists that are one value although their items have ids, by pointer. */
  readonly atomic?: readonly string[];
  /** Long texts that merge line by line, names or pointers. Default none. */
  readonly texts?: readonly string[];
  /** Lists at the top to which a client can add items, and nothing else. Default none. */
  readonly appendOnly?: readonly string[];
  /** A field whose value in the body names the state that the form was loaded with, such as `version` or `updatedAt`. Default none. */
  readonly baseField?: string;
  /** A save whose `If-Match` names an older state, by the ETag of `syncEtag`: `merge` it, or refuse it with 412 (`strict`). Default merge. */
  readonly ifMatch?: 'merge' | 'strict';
  /** `required`: a save that does not say what it is based on is refused with 428. Default `optional`. */
  readonly base?: 'required' | 'optional';
  /** What `req.body` becomes: the whole merged record, or only the fields that changed (for an ORM's `update`). Default `merged`. */
  readonly body?: 'merged' | 'changes';
  /** Who saves, for `updatedBy` where the record has it. Default: `updatedBy` stays as it is. */
  readonly actor?: (request: Request) => string;
  /**
   * Stores the merged record if the stored one still has the expected version; null when it has another.
   * Then the merge is done again on what is there, at most 5 times.
   */
  readonly save?: (merged: JsonObject, expectation: SaveExpectation) => unknown;
  /** What the expectation of `save` is: a field, or a function of the record as `load` gave it. Default `version`. */
  readonly version?: string | ((record: JsonObject) => unknown);
  /** `pass`: a save that changes nothing still reaches the handler. Default `answer`: 200 with the record, and nothing is written. */
  readonly unchanged?: 'answer' | 'pass';
  /**
   * What the asker may see of the stored record, in the answers that come before the handler: 200 `unchanged` and 409 `CONFLICT`.
   * Null: nothing of it. Default: the record as it is.
   */
  readonly view?: (record: JsonObject, request: Request) => object | null;
}

/** What `save` is told beside the merged record. */
export interface SaveExpectation {
  /** What the stored record has to have still, in the type that the driver loaded. */
  readonly expectedVersion: unknown;
  /** The top-level fields that differ; one that was removed is null. */
  readonly changes: JsonObject;
  readonly request: Request;
}

/** The version of a loaded record as `save` compares it. */
export function expectedVersion(route: MergeRoute, loaded: object): unknown {
  const { version = 'version' } = route;
  return typeof version === 'function'
    ? version(loaded as JsonObject)
    : (loaded as Readonly<Record<string, unknown>>)[version];
}

/**
 * What a driver gave, as JSON: dates become text, documents become plain objects.
 *
 * Errors  INTERNAL through a plain error when `load` gives no object
 */
export function toJson(loaded: unknown, resource: string): JsonObject {
  const json = plainJson(loaded);
  if (isJsonObject(json)) return json;
  throw new SyncError('INTERNAL', `"load" of "${resource}" has to give one record as an object.`);
}
