import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { canonicalJson } from '../../shared/canonicalJson.ts';
import type { JsonObject } from '../../shared/json.ts';
import { toJson } from './mergeRoute.ts';
import { createSnapshots } from './snapshots.ts';

/** How the ETags begin that are made of a record's content; any other one is the route's own affair. */
export const contentTagPrefix = '"bo1.';

/** One for the process: what one route shows, another one may save. */
const snapshots = createSnapshots();

/**
 * Sets the ETag of a record that lives in the integrator's own data, so that a save can say `If-Match` and be merged with
 * what was saved since. Call it in the route that answers the record, with the record as it is stored, whole.
 *
 * Shape   `"bo1.<hash>"`, from the content alone: equal records have equal tags in every process. Gives the tag
 * Limits  the content is kept in this process, 32 MiB in all; an older one is 412 BASE_GONE
 */
export function syncEtag(response: Response, resource: string, record: object): string {
  const tag = keepSnapshot(resource, toJson(record, resource));
  response.set('ETag', tag);
  return tag;
}

/** Keeps a record as it is now and gives its tag; `names` are other names by which a save may call it. */
export function keepSnapshot(resource: string, record: JsonObject, names: readonly string[] = []): string {
  const text = canonicalJson(record);
  const tag = `${contentTagPrefix}${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  snapshots.keep(`${resource}\n${tag}`, record, text.length);
  // The first state under a name stays the base: a form that was loaded with a later one of the same name is asked (409) about
  // what changed between them, instead of overwriting it.
  for (const name of names)
    if (snapshots.find(`${resource}\n${name}`) === null) snapshots.keep(`${resource}\n${name}`, record, text.length);
  return tag;
}

/** A record as it was shown under a tag or another name; null when that is forgotten. */
export function findSnapshot(resource: string, name: string): JsonObject | null {
  return snapshots.find(`${resource}\n${name}`);
}
