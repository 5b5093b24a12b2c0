import { createHash } from 'node:crypto';
import { inspect, types } from 'node:util';
import type { JsonObject } from '../../shared/json.ts';
import { jsonEquals } from '../../shared/merge/index.ts';
import type { Resource } from '../records/defineResource.ts';
import { withoutSecrets } from '../records/withoutSecrets.ts';

/** Who asks. `role` decides what the built-in rules allow; an integrator's user may carry more for `can` and `scope`. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'editor' | 'admin';
  /** How it signed in: a person's session or a machine's token. */
  readonly kind: 'admin' | 'api';
  readonly [more: string]: unknown;
}

/** What somebody wants to do. `silence` is saving without telling the site; `configure` is everything about webhooks. */
export type Action = 'read' | 'create' | 'update' | 'delete' | 'publish' | 'silence' | 'configure';

/** The integrator's own rules; each has a default. */
export interface PermissionOptions {
  /** Default: viewers read, editors also save, admins do everything. */
  readonly can?: (
    user: User,
    action: Action,
    on: { readonly resource: string; readonly record: JsonObject | null },
  ) => boolean;
  /** Fields that a record has to have with these values for this user; null for all. Default null. */
  readonly scope?: (user: User) => JsonObject | null;
  /** Users with equal texts get equal answers, so that an event is written once for all of them. Default: one per role; when `can` or `scope` is given, which may go by anything that `authenticate` says of a user, one per all that it says. */
  readonly audience?: (user: User) => string;
}

/** A group of readers who see the same: `key` names it; `user` is one of them, null for visitors. */
export interface Audience {
  readonly key: string;
  readonly user: User | null;
}

/** The rules, asked for REST and again for every event of every subscriber. */
export interface Permissions {
  can(user: User | null, action: Action, resource: Resource, record: JsonObject | null): boolean;
  audienceOf(user: User | null): Audience;
  /** True where a user who looks equal is told the same. */
  isSameAudience(before: Audience, user: User): boolean;
  /** What an audience sees of a record: null when nothing. Secrets are in no view. */
  view(audience: Audience, resource: Resource, record: JsonObject | null): JsonObject | null;
  /** True where the audience follows what is published instead of the working state. */
  followsPublished(audience: Audience): boolean;
  /** True when the audience may read a field by name: filters, sorting and search on others would be an oracle. */
  canReadField(audience: Audience, resource: Resource, field: string): boolean;
}

const allowed: Readonly<Record<User['role'], readonly Action[]>> = {
  viewer: ['read'],
  editor: ['read', 'create', 'update', 'delete', 'publish'],
  admin: ['read', 'create', 'update', 'delete', 'publish', 'silence', 'configure'],
};

/** The permissions of an installation: the integrator's rules where given, the built-in ones otherwise. */
export function createPermissions(options: PermissionOptions): Permissions {
  const isPersonal = options.can !== undefined || options.scope !== undefined;

  function can(user: User | null, action: Action, resource: Resource, record: JsonObject | null): boolean {
    if (user === null) return action === 'read' && !resource.internal && resource.public !== 'none';
    if (
      !(options.can
        ? options.can(user, action, { resource: resource.name, record })
        : (allowed[user.role] ?? []).includes(action))
    )
      return false;
    return record === null || isInScope(options.scope?.(user) ?? null, record);
  }

  function audienceOf(user: User | null): Audience {
    if (user === null) return { key: 'public', user: null };
    const keyOf = (): string => options.audience?.(user) ?? (isPersonal ? personalKey(user) : `role:${user.role}`);
    let key: string | null = null;
    // When it is asked for: most requests share nothing.
    return {
      get key() {
        return (key ??= keyOf());
      },
      user,
    };
  }

  return {
    can,
    audienceOf,
    isSameAudience(before, user) {
      const { key } = audienceOf(user);
      // What is not data has a key for each object; whoever compares has compared what can be seen of both.
      return (
        key === before.key ||
        (options.audience === undefined && [key, before.key].every((one) => one.startsWith('object:')))
      );
    },
    view(audience, resource, record) {
      if (record === null || !can(audience.user, 'read', resource, record)) return null;
      if (audience.user !== null) return withoutSecrets(resource, record);
      return publicView(resource, record);
    },
    followsPublished: (audience) => audience.user === null,
    canReadField(audience, resource, field) {
      if (resource.classes.secret.includes(`/${field}`)) return false;
      if (audience.user !== null || resource.public === 'all') return audience.user !== null || field !== 'updatedBy';
      return field === 'id' || field === 'version' || (resource.public !== 'none' && resource.public.includes(field));
    },
  };
}

/**
 * Equal for users of whom everything is equal, sets, maps and dates included: one person can come with a session and with a
 * narrower token, or with another role than an hour ago. A digest, because each audience that shares an entry is kept with it.
 */
function personalKey(user: User): string {
  if (!isData(user)) return `object:${numberOf(user)}`;
  const whole = inspect(user, {
    sorted: true,
    depth: Infinity,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
    breakLength: Infinity,
    customInspect: false,
  });
  return `user:${createHash('sha256').update(whole).digest('base64url')}`;
}

/** True for what is nothing but what can be seen of it: a function, a getter or a class may go by what nobody sees from outside. */
function isData(value: unknown): boolean {
  const seen = new Set<unknown>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === 'function') return false;
    if (typeof one !== 'object' || one === null || seen.has(one)) continue;
    seen.add(one);
    if (types.isProxy(one) || !plainPrototypes.has(Object.getPrototypeOf(one))) return false;
    for (const property of Object.values(Object.getOwnPropertyDescriptors(one))) {
      if (!('value' in property) || (property.enumerable !== true && !Array.isArray(one))) return false;
      open.push(property.value);
    }
    if (Object.getOwnPropertySymbols(one).length > 0) return false;
    if (one instanceof Map) open.push(...one.keys(), ...one.values());
    if (one instanceof Set) open.push(...one);
  }
  return true;
}

const plainPrototypes = new Set<unknown>([
  null,
  ...[Object, Array, Map, Set, Date].map((one) => one.prototype as unknown),
]);

/** Stays with an object: who is asked about twice with the same one is one reader. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function numberOf(user: User): number {
  const number = numbers.get(user) ?? ++lastNumber;
  numbers.set(user, number);
  return number;
}

function isInScope(scope: JsonObject | null, record: JsonObject): boolean {
  return (
    scope === null ||
    Object.entries(scope).every(([field, value]) => record[field] !== undefined && jsonEquals(record[field], value))
  );
}

/** A visitor never learns who works there: `updatedBy` is left out even of a resource that is public as a whole. */
function publicView(resource: Resource, record: JsonObject): JsonObject {
  const shown = resource.public;
  const isShown = (name: string) =>
    shown === 'all'
      ? name !== 'updatedBy' && name !== 'publishedVersion'
      : name === 'id' || name === 'version' || shown.includes(name);
  return Object.fromEntries(Object.entries(withoutSecrets(resource, record)).filter(([name]) => isShown(name)));
}
