import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { formatPointer, getAt, parsePointer } from '../../shared/merge/index.ts';
import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';
import type { FieldError } from '../../shared/problem.ts';
import { ownedFields, type Resource } from './defineResource.ts';

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
  for (const pointer of unset) {
    const tokens = parsePointer(pointer) ?? [];
    const at = unknownDepth(resource, tokens, current);
    if (at !== null && errors.length < maxErrors)
      note(at.properties, tokens.slice(0, at.depth + 1), { resource, errors });
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

/** Where a pointer leaves what the schema describes and the record has; null when it does not. */
function unknownDepth(
  resource: Resource,
  tokens: readonly string[],
  current: JsonObject,
): { readonly depth: number; readonly properties: Readonly<Record<string, Node>> } | null {
  let node: Node | undefined = resource.jsonSchema as Node;
  for (const [depth, token] of tokens.entries()) {
    if (getAt(current, formatPointer(tokens.slice(0, depth + 1))) !== undefined) {
      // It is there, so it may go; what is inside of it is looked at all the same.
      node = node && below(node, token);
      continue;
    }
    if (depth === 0 && ownedFields(resource).includes(token)) return null;
    const described: Node | null | undefined = node && objectOrList(node);
    if (!described) return null;
    if (described.items) node = described.items;
    else if (described.properties) {
      if (!Object.hasOwn(described.properties, token))
        return allowsOthers(described) ? null : { depth, properties: described.properties };
      node = described.properties[token];
    } else return simpleTypes.includes(String(described.type)) ? { depth, properties: {} } : null;
  }
  return null;
}

/** Values that have no fields. */
const simpleTypes = ['string', 'number', 'integer', 'boolean', 'null'];

/** What the schema says of a member or an item; undefined where it says nothing. */
function below(node: Node, token: string): Node | undefined {
  const described = objectOrList(node);
  if (described?.items) return described.items;
  const { properties } = described ?? {};
  return properties && Object.hasOwn(properties, token) ? properties[token] : undefined;
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
