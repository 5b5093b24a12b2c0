type Json = Readonly<Record<string, unknown>>;

/**
 * The TypeScript type of what a JSON Schema describes; `unknown` where it says nothing that a type can.
 *
 * Shape   `$ref` into the schema's own `$defs` is written out; one that leads to itself is `unknown`
 */
export function typeOfSchema(schema: unknown, root: Json, path: readonly string[] = []): string {
  if (!isObject(schema)) return 'unknown';
  const { $ref: reference, enum: values, type } = schema;
  if (typeof reference === 'string') {
    if (path.includes(reference)) return 'unknown';
    return typeOfSchema(findReference(reference, root), root, [...path, reference]);
  }
  const inside = (node: unknown): string => typeOfSchema(node, root, path);
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)));
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return union(choices.map(inside));
  if (Array.isArray(schema['allOf'])) return schema['allOf'].map((node) => parenthesised(inside(node))).join(' & ');
  if (Array.isArray(type)) return union(type.map((one) => inside({ ...schema, type: one })));
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayType(schema, inside);
    case 'object':
      return objectType(schema, inside);
    default:
      return isObject(schema['properties']) ? objectType(schema, inside) : 'unknown';
  }
}

/** The fields of an object as lines of an interface. */
export function fieldLines(schema: Json, root: Json, indent: string, without: readonly string[] = []): string[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties)
    .filter(([name]) => !without.includes(name))
    .flatMap(([name, node]) => {
      const about = isObject(node) && typeof node['description'] === 'string' ? node['description'] : null;
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
      const line = `${indent}${key}${required.includes(name) ? '' : '?'}: ${typeOfSchema(node, root)};`;
      return about === null ? [line] : [`${indent}/** ${about.replaceAll('*/', '* /').replaceAll('\n', ' ')} */`, line];
    });
}

function arrayType(schema: Json, inside: (node: unknown) => string): string {
  if (Array.isArray(schema['prefixItems'])) return `[${schema['prefixItems'].map(inside).join(', ')}]`;
  return `${parenthesised(inside(schema['items']))}[]`;
}

function objectType(schema: Json, inside: (node: unknown) => string): string {
  const { properties, additionalProperties: others } = schema;
  if (!isObject(properties) || Object.keys(properties).length === 0)
    return isObject(others) ? `Record<string, ${inside(others)}>` : 'Record<string, unknown>';
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const fields = Object.entries(properties).map(
    ([name, node]) =>
      `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${inside(node)}`,
  );
  return `{ ${fields.join('; ')} }`;
}

function union(types: readonly string[]): string {
  // `'' | string` says no more than `string`.
  const different = [...new Set(types)].filter((type) => !types.includes('string') || !type.startsWith('"'));
  return different.includes('unknown') || different.length === 0 ? 'unknown' : different.join(' | ');
}

function parenthesised(type: string): string {
  return type.includes(' | ') || type.includes(' & ') ? `(${type})` : type;
}

function findReference(reference: string, root: Json): unknown {
  if (!reference.startsWith('#')) return undefined;
  let node: unknown = root;
  for (const part of reference
    .slice(1)
    .split('/')
    .filter((one) => one !== '')) {
    node = isObject(node) ? node[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return node;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
