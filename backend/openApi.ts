import { errorCatalogue } from '../shared/errors.ts';
import type { Audience, Permissions } from './auth/permissions.ts';
import {
  answers, body, bulkOperation, header, incrementPath, operation, pathParameter, query, readOperation, ref, saveOperation,
  saveParameters, type Json,
} from './openApiOperations.ts'; // prettier-ignore
import { openApiSchema } from './openApiSchema.ts';
import { systemPaths } from './openApiSystemPaths.ts';
import type { Resource } from './records/defineResource.ts';

/** Who the description is for, and what of. */
export interface OpenApiOptions {
  readonly resources: Iterable<Resource>;
  readonly permissions: Permissions;
  readonly audience: Audience;
  /** Where the routes are mounted, such as `/api`. */
  readonly mount: string;
}

/**
 * Describes the routes of an installation, with the schema of each resource that the audience may read.
 *
 * Shape   a visitor learns of no resource and no field that he could not read
 * Source  OpenAPI 3.1.1
 */
export function createOpenApi({ resources, permissions, audience, mount }: OpenApiOptions): Json {
  const paths: Json = { ...systemPaths() };
  const schemas: Json = { Problem: problemSchema() };
  for (const resource of resources) {
    if (!permissions.can(audience.user, 'read', resource, null)) continue;
    schemas[resource.name] = openApiSchema(resource, permissions, audience);
    Object.assign(paths, resource.single ? singlePaths(resource) : listPaths(resource));
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'backoffice-sync',
      version: '0.1.0',
      description: 'Saves are merged with what others saved. See docs/http.md for bases, receipts and preferences.',
    },
    servers: [{ url: mount || '/' }],
    security: [{}, { session: [] }, { token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'backoffice_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
      responses: {
        Problem: {
          description: 'A refusal',
          content: { 'application/problem+json': { schema: ref('schemas/Problem') } },
        },
      },
    },
  };
}

function singlePaths(resource: Resource): Json {
  const save = saveOperation(resource);
  return {
    [`/${resource.name}`]: { get: readOperation(resource), put: save, patch: save },
    ...revisions(resource, `/${resource.name}`, []),
  };
}

function listPaths(resource: Resource): Json {
  const id = pathParameter('id');
  const save = saveOperation(resource);
  return {
    [`/${resource.name}`]: {
      get: {
        ...operation(`List ${resource.name}`),
        parameters: ['limit', 'after', 'sort', 'q', 'filter'].map((name) => query(name)),
        responses: answers('200', { type: 'array', items: ref(`schemas/${resource.name}`) }),
      },
      post: {
        ...save,
        // A new record has no base.
        parameters: saveParameters(),
        summary: `Create one of ${resource.name}`,
        responses: answers('201', ref(`schemas/${resource.name}`)),
      },
      patch: bulkOperation(resource),
    },
    [`/${resource.name}/{id}`]: {
      parameters: [id],
      get: readOperation(resource),
      put: save,
      patch: save,
      delete: {
        ...operation(`Delete one of ${resource.name}`),
        parameters: [header('If-Match'), ...saveParameters()],
        responses: { '204': { description: 'Deleted' }, default: ref('responses/Problem') },
      },
    },
    ...revisions(resource, `/${resource.name}/{id}`, [id]),
  };
}

function revisions(resource: Resource, at: string, parameters: readonly Json[]): Json {
  const back = (summary: string) => ({
    parameters,
    post: {
      ...operation(summary),
      parameters: saveParameters(),
      requestBody: body({
        type: 'object',
        required: ['version'],
        properties: { version: { type: 'integer' }, fields: { type: 'array', items: { type: 'string' } } },
      }),
      responses: answers('200', ref(`schemas/${resource.name}`)),
    },
  });
  const publish = (summary: string) => ({
    parameters,
    post: {
      ...operation(summary),
      parameters: [header('If-Match'), ...saveParameters()],
      responses: answers('200', ref(`schemas/${resource.name}`)),
    },
  });
  return {
    [`${at}/history`]: {
      parameters,
      get: {
        ...operation('Who changed what, newest first'),
        responses: answers('200', { type: 'array', items: { type: 'object' } }),
      },
    },
    ...incrementPath(resource, at, parameters),
    [`${at}/reach`]: {
      parameters,
      get: { ...operation('How far the newest save has come'), responses: answers('200', { type: 'object' }) },
    },
    [`${at}/restore`]: back('Make an older version the current one'),
    [`${at}/undo`]: back('Take one change back, keeping later ones'),
    ...(resource.drafts
      ? {
          [`${at}/publish`]: publish('Show this record to the public'),
          [`${at}/unpublish`]: publish('Hide it from the public'),
        }
      : {}),
  };
}

function problemSchema(): Json {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { enum: Object.keys(errorCatalogue) },
      detail: { type: 'string' },
      requestId: { type: 'string' },
    },
  };
}
