import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { SyncError } from '../../shared/problem.ts';
import type { PermissionOptions, User } from './permissions.ts';

type Scope = NonNullable<PermissionOptions['scope']>;

/**
 * The integrator's `scope`, which has to say something: a value that is missing would be lost when the scope is written as
 * JSON, and what was meant for one tenant would be for everybody.
 *
 * Errors  FORBIDDEN when it gives neither null nor an object of JSON values
 */
export function checkedScope(scope: Scope): Scope {
  return (user) => {
    const given: unknown = scope(user);
    if (given === null) return null;
    const missing = isObject(given) ? Object.keys(given).find((name) => !isWritten(given[name])) : '';
    if (missing === undefined) return given as JsonObject;
    throw new SyncError('FORBIDDEN', describe(user, missing));
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isJsonObject(value as JsonObject);
}

function isWritten(value: unknown): boolean {
  return (
    value !== undefined &&
    JSON.stringify(value) !== undefined &&
    !(typeof value === 'number' && !Number.isFinite(value))
  );
}

function describe(user: User, missing: string): string {
  const what = missing === '' ? 'neither null nor an object' : `no value for "${missing}"`;
  return `Which records ${user.name} may see cannot be said: \`scope\` of createSync gave ${what}. Give null for somebody who sees everything.`;
}
