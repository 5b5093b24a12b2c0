import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { defineResource, type Resource, type ResourceOptions } from '../records/defineResource.ts';
import type { SourcedFields } from '../records/sourcedFields.ts';
import { isStandardSchema, jsonSchemaOf, type StandardSchema } from '../records/standardSchema.ts';
import { refuseOption } from '../options.ts';
import type { Store } from '../stores/store.ts';
import { isLiving, loadLedger, membershipsOf } from './identityLedger.ts';
import { settleIdentity } from './settleIdentity.ts';

/** What an integrator adds to the identities. */
export interface UsersOptions extends Omit<ResourceOptions, 'name' | 'schema' | 'single' | 'drafts' | 'seed'> {
  /** Validates the fields that are not of the source: `z.object({ role: z.string().optional() })`. They have to be optional or have defaults: a source never sends them. Default none. */
  readonly schema?: StandardSchema;
}

const text = z.string().max(320).nullable().optional();
const identity = z.object({
  source: z.string().max(64).optional(),
  source_id: z.string().max(128).optional(),
  clerk_user_id: z.string().max(128).optional(),
  email: text,
  first_name: text,
  last_name: text,
  image_url: z.string().max(2048).nullable().optional(),
  organization_memberships: z
    .array(z.object({ organization_id: z.string().max(128), role: z.string().max(128) }))
    .default([]),
});

/** The fields that only a source sets: whoever saves a user by hand keeps them as they are, and whoever creates one gives none. */
export const identityFieldNames: readonly string[] = Object.keys(identity.shape);

/**
 * Declares the resource `users` where it has fields beside those of the source, or other words. Without it the product declares it itself.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID, at start-up
 */
export function defineUsers({ schema, ...options }: UsersOptions = {}): Resource {
  if (schema !== undefined && !isStandardSchema(schema))
    refuseOption(
      'defineUsers',
      'schema',
      'a Standard Schema (zod, valibot, arktype) of the other fields',
      typeof schema,
    );
  const resource = defineResource({
    label: { en: 'Users', fr: 'Utilisateurs' },
    itemLabel: { en: 'User', fr: 'Utilisateur' },
    titleField: 'email',
    listFields: ['email', 'first_name', 'last_name', 'organization_memberships'],
    ...options,
    name: 'identities',
    schema: schema === undefined ? identity : withIdentity(schema),
    keys: { ...options.keys, '/organization_memberships': 'organization_id' },
    preserve: [...identityFieldNames, ...(options.preserve ?? [])],
  });
  // `users` is a name that no declaration may take; what is checked of a declaration is checked of this one too.
  const settle: SourcedFields['settle'] = (core, of, id) =>
    settleIdentity({ ...core, names: identityFieldNames }, of, id);
  return Object.freeze({ ...resource, name: 'users', sourced: { names: identityFieldNames, revive, settle } });
}

/** A person who comes back is who the source says now; who has ended there, or was never there, comes back without an identity. */
async function revive(store: Store, id: string, before: JsonObject): Promise<JsonObject> {
  const ledger = await loadLedger(store, id);
  return isLiving(ledger) ? { ...pick(before, true), organization_memberships: membershipsOf(ledger) } : {};
}

/** One schema of two: ours judges the fields of the source, theirs everything else. */
function withIdentity(schema: StandardSchema): StandardSchema {
  const described = jsonSchemaOf(schema);
  return {
    '~standard': {
      version: 1,
      vendor: 'backoffice-sync',
      async validate(value) {
        const record = isJsonObject(value) ? value : {};
        const [own, rest] = [pick(record, true), pick(record, false)];
        const mine = await identity['~standard'].validate(own);
        const theirs = await schema['~standard'].validate(rest);
        const issues = [...(mine.issues ?? []), ...(theirs.issues ?? [])];
        if (issues.length > 0) return { issues };
        return { value: { ...(theirs as { value: JsonObject }).value, ...(mine as { value: JsonObject }).value } };
      },
      ...(described === null ? {} : { jsonSchema: { input: ({ target }) => joined(described, target) } }),
    },
  };
}

function pick(record: JsonObject, own: boolean): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => identityFieldNames.includes(name) === own));
}

function joined(theirs: Readonly<Record<string, unknown>>, target: string): Readonly<Record<string, unknown>> {
  const ours = (identity as unknown as StandardSchema)['~standard'].jsonSchema?.input({ target }) ?? {};
  const properties = { ...(theirs['properties'] as object), ...(ours['properties'] as object) };
  return { ...theirs, properties };
}
