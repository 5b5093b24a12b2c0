import type { Audience, Permissions } from './auth/permissions.ts';
import type { Resource } from './records/defineResource.ts';

type Json = Record<string, unknown>;

/**
 * The schema of a resource as an audience may know it.
 *
 * Shape   a visitor gets the fields that he may read; who is signed in gets all, with the secret ones as `writeOnly`
 */
export function openApiSchema(resource: Resource, permissions: Permissions, audience: Audience): Json {
  return audience.user === null ? publicSchema(resource, permissions, audience) : fullSchema(resource);
}

function fullSchema(resource: Resource): Json {
  const { $schema: _dialect, ...schema } = resource.jsonSchema ?? { type: 'object' };
  const { properties } = schema as Json;
  if (!isObject(properties)) return schema;
  const isSecret = (name: string) => resource.classes.secret.includes(`/${name}`);
  const marked = Object.entries(properties).map(([name, node]) => [
    name,
    isSecret(name) && isObject(node) ? { ...node, writeOnly: true } : node,
  ]);
  return { ...schema, properties: Object.fromEntries(marked) };
}

/** Built from the public fields instead of cut down from the whole: keywords beside `properties` name fields too. */
function publicSchema(resource: Resource, permissions: Permissions, audience: Audience): Json {
  const { properties, required } = (resource.jsonSchema ?? {}) as Json;
  const isPublic = (name: unknown): name is string =>
    typeof name === 'string' && permissions.canReadField(audience, resource, name);
  const shown = Object.entries(isObject(properties) ? properties : {}).filter(([name]) => isPublic(name));
  return {
    type: 'object',
    // What a reference leads to may describe hidden fields.
    properties: Object.fromEntries(shown.map(([name, node]) => [name, hasReference(node) ? {} : node])),
    required: Array.isArray(required) ? required.filter(isPublic) : [],
  };
}

function hasReference(node: unknown): boolean {
  return JSON.stringify(node).includes('"$ref"');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
