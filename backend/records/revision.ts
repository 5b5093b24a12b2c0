import type { JsonObject } from '../../shared/json.ts';
import { removedMembers } from '../../shared/merge/index.ts';
import { ownedFields, type Resource } from './defineResource.ts';
import type { SaveBody, SaveRequest } from './saveRequest.ts';

/** The fields of an older version that may come back: neither what the server owns, nor secrets, which the log cannot give back. */
export function revisionFields(resource: Resource, record: JsonObject, fields: readonly string[] | null): JsonObject {
  const names = (fields ?? Object.keys(record)).filter((name) => mayComeBack(resource, name));
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(record, name) ? [[name, record[name] ?? null]] : [])),
  );
}

/**
 * A wanted older record as a save.
 *
 * Shape   whole, or the chosen fields; what the wanted one lacks and `from` has is removed
 */
export function revisionBody(
  resource: Resource,
  wanted: JsonObject,
  from: JsonObject,
  fields: readonly string[] | null,
): SaveBody {
  const names = (fields ?? [...new Set([...Object.keys(wanted), ...Object.keys(from)])]).filter((name) =>
    mayComeBack(resource, name),
  );
  if (fields === null) return { kind: 'whole', record: revisionFields(resource, wanted, names) };
  const pick = (of: JsonObject) => revisionFields(resource, of, names);
  return { kind: 'fields', fields: pick(wanted), unset: removedMembers(pick(from), pick(wanted), resource.keys) };
}

/**
 * A record that comes back after it was deleted: with its own day of creation and its counts, which no other create may set.
 *
 * Shape   `override` names what the create takes over although it is protected
 */
export function revivedRecord(
  resource: Resource,
  record: JsonObject,
): Pick<SaveRequest, 'body' | 'override' | 'revives'> {
  const fields = {
    ...revisionFields(resource, record, null),
    ...(record['createdAt'] === undefined ? {} : { createdAt: record['createdAt'] }),
  };
  return {
    body: { kind: 'fields', fields, unset: [] },
    override: ['createdAt', ...resource.classes.counter],
    revives: true,
  };
}

function mayComeBack(resource: Resource, name: string): boolean {
  return !ownedFields(resource).includes(name) && !resource.classes.secret.includes(`/${name}`);
}
