import type { Resource } from './records/defineResource.ts';

/** A part of a description. */
export type Json = Record<string, unknown>;

/** A reference to a component. */
export const ref = (name: string): Json => ({ $ref: `#/components/${name}` });
/** A parameter of the query. */
export const query = (name: string): Json => ({ name, in: 'query', schema: { type: 'string' } });
/** A request header. */
export const header = (name: string): Json => ({ name, in: 'header', schema: { type: 'string' } });
/** A parameter of the path. */
export const pathParameter = (name: string): Json => ({ name, in: 'path', required: true, schema: { type: 'string' } });
/** What an operation does, in a few words. */
export const operation = (summary: string): Json => ({ summary });
/** A JSON body. */
export const body = (schema: Json): Json => ({ required: true, content: { 'application/json': { schema } } });
/** A JSON answer, and the problem that everything may end in. */
export const answers = (status: string, schema: Json): Json => ({
  [status]: { description: 'OK', content: { 'application/json': { schema } } },
  default: ref('responses/Problem'),
});

/** Reading one record. */
export function readOperation(resource: Resource): Json {
  return {
    summary: `Read ${resource.name}`,
    responses: { ...answers('200', ref(`schemas/${resource.name}`)), '304': { description: 'Not changed' } },
  };
}

/** What every save takes beside its body. */
export const saveParameters = (): readonly Json[] => [header('Idempotency-Key'), header('Prefer'), query('dryRun')];

/** Saving one record. */
export function saveOperation(resource: Resource): Json {
  const types = ['application/json', 'application/merge-patch+json', 'application/json-patch+json'];
  return {
    summary: `Save ${resource.name}`,
    parameters: [header('If-Match'), ...saveParameters()],
    requestBody: {
      required: true,
      content: Object.fromEntries(
        types.map((type) => [type, { schema: { type: type.includes('json-patch') ? 'array' : 'object' } }]),
      ),
    },
    responses: answers('200', ref(`schemas/${resource.name}`)),
  };
}

/** Saving many records, each by itself. */
export function bulkOperation(resource: Resource): Json {
  const { requestBody: _one, responses: _record, ...save } = saveOperation(resource);
  const item = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
  const result = { type: 'object', required: ['id', 'status'], properties: { id: { type: 'string' }, status: { type: 'integer' } } }; // prettier-ignore
  const results = { type: 'array', items: result };
  return {
    ...save,
    // Each record says its own base; only to overrule counts for all of them.
    parameters: [{ ...header('If-Match'), schema: { const: '*' } }, ...saveParameters()],
    summary: `Save many of ${resource.name}, each with its own outcome`,
    requestBody: body({ type: 'array', items: item, maxItems: 200 }),
    responses: { ...answers('200', results), ...answers('207', results) },
  };
}

/** Adding to counters; the schema names none, since a visitor may not know of all. */
export function incrementPath(resource: Resource, at: string, parameters: readonly Json[]): Json {
  if (resource.classes.counter.length === 0) return {};
  const numbers = { type: 'object', additionalProperties: { type: 'integer' } };
  const post = {
    summary: 'Add to counters',
    parameters: saveParameters().map((one) => (one['name'] === 'Idempotency-Key' ? { ...one, required: true } : one)),
    requestBody: body(numbers),
    responses: answers('200', { type: 'object' }),
  };
  return { [`${at}/increment`]: { parameters, post } };
}
