import type { Operation } from '../../../shared/change.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import { nearestName } from '../../../shared/nearestName.ts';
import { SyncError, type FieldError } from '../../../shared/problem.ts';
import type { Core } from '../../core.ts';
import type { Resource } from '../../records/defineResource.ts';
import type { EndpointFilter } from './webhooksResource.ts';

/** What somebody asks for who registers or changes an endpoint; absent: not named. Null empties a filter. */
export interface Registration extends Partial<EndpointFilter> {
  readonly url?: string;
  readonly description?: string;
  readonly active?: boolean;
}

const operations: readonly Operation[] = ['created', 'updated', 'deleted'];
const forCreation = ['url', 'resources', 'events', 'fields', 'description'];
const maxDescription = 500;
const maxNames = 1_000;

/**
 * Reads the body of a registration, or of a change of one when `current` is given.
 *
 * Errors  BODY_NOT_OBJECT; INVALID for another type, an unknown field, a resource or a field that there is not or that
 *         visitors cannot see
 */
export function readRegistration(body: JsonValue, core: Core, current: EndpointFilter | null = null): Registration {
  if (!isJsonObject(body))
    throw new SyncError('BODY_NOT_OBJECT', 'Send an object: { "url": "https://…", "resources": ["settings"] }.');
  const known = current === null ? forCreation : [...forCreation, 'active'];
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  const errors: FieldError[] = unknown.map((name) =>
    unknownName(`/${name}`, `There is no field "${name}".`, name, known),
  );
  const { url, description, active } = body;
  if ((current === null || url !== undefined) && (typeof url !== 'string' || url === '' || url.length > 2048)) {
    const message = 'The address has to be a text of at most 2,048 characters, such as https://example.com/webhooks.';
    errors.push({ path: '/url', code: 'url', message });
  }
  if (
    description !== undefined &&
    description !== null &&
    (typeof description !== 'string' || description.length > maxDescription)
  )
    errors.push({
      path: '/description',
      code: 'type',
      message: `The description has to be a text of at most ${maxDescription} characters.`,
    });
  if (active !== undefined && typeof active !== 'boolean')
    errors.push({ path: '/active', code: 'type', message: 'Active has to be true or false.' });
  errors.push(...resourceErrors(body['resources'] ?? null, core.resources), ...eventErrors(body['events'] ?? null));
  const filter = { resources: null, events: null, fields: null, ...current, ...readFilter(body) };
  // Names of fields mean something only for resources that there are.
  if (errors.length === 0) errors.push(...fieldErrors(filter, core));
  if (errors.length > 0) {
    throw new SyncError('INVALID', errors.map(({ message }) => message).join(' '), { extensions: { errors } });
  }
  return {
    ...(url === undefined ? {} : { url: String(url) }),
    ...(description === undefined ? {} : { description: description === null ? '' : String(description) }),
    ...(active === undefined ? {} : { active: active === true }),
    ...readFilter(body),
  };
}

function readFilter(body: JsonObject): Partial<EndpointFilter> {
  const names = ['resources', 'events', 'fields'].filter((name) => body[name] !== undefined);
  return Object.fromEntries(
    names.map((name) => [
      name,
      Array.isArray(body[name]) ? [...new Set((body[name] as readonly JsonValue[]).map(String))] : body[name],
    ]),
  );
}

function isNames(value: JsonValue): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= maxNames &&
    value.every((name) => typeof name === 'string')
  );
}

function unknownName(path: string, message: string, name: string, known: readonly string[]): FieldError {
  const nearest = nearestName(name.slice(0, 100), known);
  return { path, code: 'unknown', message: `${message}${nearest ? ` Did you mean "${nearest}"?` : ''}` };
}

function resourceErrors(wanted: JsonValue, resources: ReadonlyMap<string, Resource>): readonly FieldError[] {
  if (wanted === null) return [];
  const visible = [...resources.values()].filter((resource) => resource.public !== 'none').map(({ name }) => name);
  if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length > maxNames) {
    const message = 'The resources have to be a list of names; leave it out for all public ones.';
    return [{ path: '/resources', code: 'type', message }];
  }
  return (wanted as readonly JsonValue[]).flatMap((name, index): readonly FieldError[] => {
    if (typeof name === 'string' && visible.includes(name)) return [];
    const path = `/resources/${index}`;
    // Accepted, it would be an endpoint that stays silent for ever.
    if (typeof name === 'string' && resources.has(name)) {
      return [{ path, code: 'not_public', message: `"${name}" is not public, so webhooks are told nothing of it.` }];
    }
    const text = String(name).slice(0, 100);
    const { message, ...error } = unknownName(path, `There is no resource "${text}".`, text, visible);
    return [{ ...error, message: `${message} Public: ${visible.join(', ')}.` }];
  });
}

function eventErrors(wanted: JsonValue): readonly FieldError[] {
  if (wanted === null) return [];
  if (!isNames(wanted)) {
    const message = `The events have to be a list of ${operations.join(', ')}; leave it out for all.`;
    return [{ path: '/events', code: 'type', message }];
  }
  return wanted.flatMap((name, index) =>
    (operations as readonly string[]).includes(name)
      ? []
      : [unknownName(`/events/${index}`, `There is no event "${name.slice(0, 100)}".`, name, operations)],
  );
}

/** A field has to be one that visitors see, of at least one of the resources: any other would never be told. */
function fieldErrors(
  { resources, fields }: EndpointFilter,
  { resources: all, permissions }: Core,
): readonly FieldError[] {
  if (fields === null) return [];
  if (!isNames(fields)) {
    return [{ path: '/fields', code: 'type', message: 'The fields have to be a list of names; leave it out for all.' }];
  }
  const told = [...all.values()].filter(
    ({ name, public: shown }) => shown !== 'none' && (resources === null || resources.includes(name)),
  );
  const visitor = permissions.audienceOf(null);
  const named = told.flatMap((resource) => declaredFields(resource).map((field) => ({ resource, field })));
  const visible = [
    ...new Set(
      named
        .filter(({ resource, field }) => permissions.canReadField(visitor, resource, field))
        .map(({ field }) => field),
    ),
  ];
  // A schema that says nothing of its fields cannot be asked.
  const isOpen = told.some(({ jsonSchema, public: shown }) => jsonSchema === null && shown === 'all');
  return fields.flatMap((name, index) => {
    if (visible.includes(name) || isOpen) return [];
    const path = `/fields/${index}`;
    if (named.some(({ field }) => field === name))
      return [{ path, code: 'not_public', message: `"${name}" is not public, so webhooks are told nothing of it.` }];
    return [
      unknownName(path, `No public resource of this webhook has a field "${name.slice(0, 100)}".`, name, visible),
    ];
  });
}

function declaredFields({ jsonSchema, public: shown }: Resource): readonly string[] {
  const { properties } = (jsonSchema ?? {}) as { properties?: object };
  return [
    ...Object.keys(properties ?? {}),
    ...(Array.isArray(shown) ? shown.map(String) : []),
    'createdAt',
    'updatedAt',
  ];
}
