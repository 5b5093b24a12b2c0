import { isJsonObject, isJsonValue } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { PermissionOptions, User } from './permissions.ts';

type Scope = NonNullable<PermissionOptions['scope']>;

/**
 * The integrator's `scope`, which has to say something: a value that is missing would be lost when the scope is written as
 * JSON, and a promise has no fields at all; what was meant for one tenant would be for everybody.
 *
 * Errors  FORBIDDEN when it gives neither null nor an object of JSON values
 */
export function checkedScope(scope: Scope): Scope {
  return (user) => {
    const given: unknown = scope(user);
    if (given === null) return null;
    if (isJsonObject(given) && isJsonValue(given)) return given;
    const missing = isJsonObject(given) ? Object.keys(given).find((name) => !isJsonValue(given[name])) : undefined;
    throw new SyncError('FORBIDDEN', describe(user, missing));
  };
}

function describe(user: User, missing: string | undefined): string {
  const what = missing === undefined ? 'neither null nor a plain object' : `no value for "${missing}"`;
  return `Which records ${user.name} may see cannot be said: \`scope\` of createSync gave ${what}. Give null for somebody who sees everything.`;
}
