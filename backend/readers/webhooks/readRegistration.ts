import { isJsonObject, type JsonValue } from '../../../shared/json.ts';
import { nearestName } from '../../../shared/nearestName.ts';
import { SyncError, type FieldError } from '../../../shared/problem.ts';
import type { Resource } from '../../records/defineResource.ts';

/** What somebody asks for who registers an endpoint. */
export interface Registration {
  readonly url: string;
  /** Null for all public resources. */
  readonly resources: readonly string[] | null;
}

const known = ['url', 'resources'];

/**
 * Reads the body of a registration.
 *
 * Errors  BODY_NOT_OBJECT; INVALID for another type, an unknown field, a resource that there is not or that visitors cannot see
 */
export function readRegistration(body: JsonValue, resources: ReadonlyMap<string, Resource>): Registration {
  if (!isJsonObject(body))
    throw new SyncError('BODY_NOT_OBJECT', 'Send an object: { "url": "https://…", "resources": ["settings"] }.');
  const errors: FieldError[] = [];
  for (const name of Object.keys(body)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    errors.push({
      path: `/${name}`,
      code: 'unknown',
      message: `There is no field "${name}".${nearest ? ` Did you mean "${nearest}"?` : ''}`,
    });
  }
  const { url, resources: wanted = null } = body;
  if (typeof url !== 'string' || url === '' || url.length > 2048) {
    errors.push({
      path: '/url',
      code: 'url',
      message: 'The address has to be a text of at most 2,048 characters, such as https://example.com/webhooks.',
    });
  }
  errors.push(...resourceErrors(wanted, resources));
  if (errors.length > 0) {
    throw new SyncError('INVALID', errors.map(({ message }) => message).join(' '), { extensions: { errors } });
  }
  return {
    url: String(url),
    resources: wanted === null ? null : [...new Set((wanted as readonly JsonValue[]).map(String))],
  };
}

function resourceErrors(wanted: JsonValue, resources: ReadonlyMap<string, Resource>): readonly FieldError[] {
  if (wanted === null) return [];
  const visible = [...resources.values()].filter((resource) => resource.public !== 'none').map(({ name }) => name);
  if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length > 1_000) {
    return [
      {
        path: '/resources',
        code: 'type',
        message: 'The resources have to be a list of names; leave it out for all public ones.',
      },
    ];
  }
  return (wanted as readonly JsonValue[]).flatMap((name, index): readonly FieldError[] => {
    if (typeof name === 'string' && visible.includes(name)) return [];
    const path = `/resources/${index}`;
    // Accepted, it would be an endpoint that stays silent for ever.
    if (typeof name === 'string' && resources.has(name)) {
      return [{ path, code: 'not_public', message: `"${name}" is not public, so webhooks are told nothing of it.` }];
    }
    const text = String(name).slice(0, 100);
    const nearest = nearestName(text, visible);
    return [
      {
        path,
        code: 'unknown',
        message: `There is no resource "${text}".${nearest ? ` Did you mean "${nearest}"?` : ''} Public: ${visible.join(', ')}.`,
      },
    ];
  });
}
