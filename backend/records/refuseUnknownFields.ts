import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { formatPointer, parsePointer } from '../../shared/merge/index.ts';
import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import type { FieldError } from '../../shared/problem.ts';
import { knownFields, ownedFields, type Resource } from './defineResource.ts';

/** The parts of JSON Schema that say which fields there are. */
interface Node {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: unknown;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** The most errors of one answer. */
const maxErrors = 20;

/**
 * Refuses a field, at any depth, that the schema does not describe and the record does not have, and names the nearest known
 * one: a field that a schema would strip silently is work that somebody loses.
 *
 * Errors  INVALID with one error per field
 */
export function refuseUnknownFields(
  resource: Resource,
  wanted: JsonObject,
  current: JsonObject,
  unset: readonly string[] = [],
): void {
  if (resource.jsonSchema === null) return;
  const errors: FieldError[] = [];
  const known = knownFields(resource);
  for (const pointer of known === null ? [] : unset) {
    const name = parsePointer(pointer)?.[0] ?? '';
    if (known?.includes(name) || Object.hasOwn(current, name) || ownedFields(resource).includes(name)) continue;
    if (errors.length < maxErrors)
      note(Object.fromEntries((known ?? []).map((each) => [each, {}])), [name], { resource, errors });
  }
  collect(resource.jsonSchema as Node, wanted, current, [], { resource, errors });
  if (errors.length === 0) return;
  throw new SyncError(
    'INVALID',
    `${errors.length === 1 ? 'One field is' : 'Some fields are'} not known; nothing was saved.`,
    {
      extensions: { errors },
    },
  );
}

function collect(
  node: Node,
  wanted: JsonValue,
  current: JsonValue | undefined,
  path: readonly string[],
  into: { resource: Resource; errors: FieldError[] },
): void {
  if (into.errors.length >= maxErrors) return;
  const described = objectOrList(node);
  if (described === null) return;
  if (Array.isArray(wanted)) {
    const { items } = described;
    if (items)
      for (const [index, item] of wanted.entries()) collect(items, item, undefined, [...path, String(index)], into);
    return;
  }
  if (!isJsonObject(wanted) || !described.properties || allowsOthers(described)) return;
  for (const [name, value] of Object.entries(wanted)) {
    const below = Object.hasOwn(described.properties, name) ? described.properties[name] : undefined;
    const known = isJsonObject(current) && Object.hasOwn(current, name) ? current[name] : undefined;
    if (below) collect(below, value, known, [...path, name], into);
    else if (known === undefined && !(path.length === 0 && ownedFields(into.resource).includes(name)))
      note(described.properties, [...path, name], into);
    if (into.errors.length >= maxErrors) return;
  }
}

/** The one part of `object | null` and the like that has fields; null where there are several, or none. */
function objectOrList(node: Node): Node | null {
  if (!node.anyOf) return node;
  const parts = node.anyOf.filter((part) => part.properties !== undefined || part.items !== undefined);
  return parts.length === 1 ? (parts[0] ?? null) : null;
}

function allowsOthers(node: Node): boolean {
  return node.additionalProperties !== undefined && node.additionalProperties !== false;
}

function note(
  properties: Readonly<Record<string, Node>>,
  path: readonly string[],
  { resource, errors }: { resource: Resource; errors: FieldError[] },
): void {
  const name = (path.at(-1) ?? '').slice(0, 100);
  const nearest = nearestName(name, Object.keys(properties));
  errors.push({
    path: formatPointer([...path.slice(0, -1), name]),
    code: 'unknown_field',
    message: `"${name}" is not a field of ${[resource.name, ...path.slice(0, -1)].join('.')}.${nearest ? ` Did you mean "${nearest}"?` : ''}`,
  });
}
