import type { JsonObject } from '../../shared/json.ts';
import { parsePointer } from '../../shared/merge/index.ts';
import { nearestName } from '../../shared/nearestName.ts';
import type { FieldKind, Words } from '../../shared/resource.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import { defaultFieldClasses, serverOwnedFields, toPointer, type FieldClasses } from './fieldClasses.ts';
import { isStandardSchema, jsonSchemaOf, type StandardSchema } from './standardSchema.ts';

/** Words and the way of editing of one field, where the schema alone does not say it. */
export interface FieldOptions {
  readonly label?: Words;
  readonly help?: Words;
  readonly kind?: FieldKind;
  /** Words of the values of a choice. */
  readonly choices?: Readonly<Record<string, Words>>;
}

/** What an integrator says of a resource. */
export interface ResourceOptions extends FieldClasses {
  /** In the address: `/api/<name>`. Lower case letters, digits, `-` and `_`. */
  readonly name: string;
  /** Validates the whole record after the merge. The fields that the server owns need not be in it. */
  readonly schema: StandardSchema;
  /** One record only, whose id is `main`. Default false. */
  readonly single?: boolean;
  readonly label?: Words;
  /** One of them: "member". Default the label. */
  readonly itemLabel?: Words;
  /** By name, nested ones as `address.city`. */
  readonly fields?: Readonly<Record<string, FieldOptions>>;
  readonly titleField?: string;
  readonly listFields?: readonly string[];
  /** What a visitor reads: everything but `updatedBy`, nothing, or these fields. Default none. */
  readonly public?: 'all' | 'none' | readonly string[];
  /** A save is a draft, and only `publish` shows it to the public. Default false. */
  readonly drafts?: boolean;
  /** The key field of lists that do not use `id`, by pointer: `{ '/rooms': 'number' }`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Lists that are one value although their items have ids. */
  readonly atomic?: readonly string[];
  /** The largest record, as bytes of JSON. Default 1,048,576. */
  readonly maxRecordBytes?: number;
  /** The first record of a single resource, or the first ones of a list (each with an `id`), stored when the resource is empty at the first start. */
  readonly seed?: JsonObject | readonly JsonObject[];
}

/** A resource as the server uses it: options checked, defaults in, fields as pointers. */
export interface Resource {
  readonly name: string;
  readonly schema: StandardSchema;
  readonly jsonSchema: Readonly<Record<string, unknown>> | null;
  readonly single: boolean;
  readonly label: Words;
  readonly itemLabel: Words;
  readonly fields: Readonly<Record<string, FieldOptions>>;
  readonly titleField: string | null;
  readonly listFields: readonly string[] | null;
  readonly public: 'all' | 'none' | readonly string[];
  readonly drafts: boolean;
  readonly classes: Readonly<Record<'preserve' | 'immutable' | 'counter' | 'secret', readonly string[]>>;
  readonly keys: Readonly<Record<string, string>>;
  readonly atomic: readonly string[];
  readonly maxRecordBytes: number;
  readonly seed: readonly JsonObject[];
  /** True for a resource of the product itself (webhooks): never listed among the integrator's, never on a stream. */
  readonly internal: boolean;
}

const known = [
  'name', 'schema', 'single', 'label', 'itemLabel', 'fields', 'titleField', 'listFields', 'public', 'drafts', 'keys', 'atomic',
  'maxRecordBytes', 'seed', 'preserve', 'immutable', 'counter', 'secret',
]; // prettier-ignore
const reserved = ['sync', 'auth', 'webhooks', 'users', 'accounts', 'notifications', 'tokens', 'sessions'];

/**
 * Declares a resource once, for the server, the forms and the live events.
 *
 * The protected fields of settings, team, services and solutions are added by themselves; a declaration only adds to them.
 *
 * Errors  OPTION_UNKNOWN, OPTION_INVALID, at start-up
 */
export function defineResource(options: ResourceOptions): Resource {
  refuseUnknownOptions('defineResource', options, known);
  const of = `defineResource("${options.name}")`;
  if (typeof options.name !== 'string' || !/^[a-z][a-z0-9_-]{0,63}$/.test(options.name)) {
    refuseOption('defineResource', 'name', 'lower case letters, digits, "-" and "_"', options.name);
  }
  if (reserved.includes(options.name)) refuseOption(of, 'name', `none of ${reserved.join(', ')}`, options.name);
  const resource = buildResource(options, false);
  refuseUnknownNames(of, options, resource);
  return resource;
}

/** A field that is declared under a name that the schema does not have would silently not be protected, hidden or shown. */
function refuseUnknownNames(of: string, options: ResourceOptions, resource: Resource): void {
  const fields = knownFields(resource);
  const declared = {
    preserve: options.preserve,
    immutable: options.immutable,
    counter: options.counter,
    secret: options.secret,
    public: Array.isArray(options.public) ? (options.public as readonly string[]) : [],
  };
  for (const [option, names] of Object.entries(declared)) {
    for (const name of names ?? []) {
      const pointer = toPointer(name);
      const top = parsePointer(pointer)?.[0] ?? '';
      if (option === 'secret' && pointer.includes('/', 1))
        refuseOption(of, 'secret', 'fields at the top of the record; put the secret there', name);
      if (fields === null || fields.includes(top) || (serverOwnedFields as readonly string[]).includes(top)) continue;
      const nearest = nearestName(top, fields);
      refuseOption(of, option, `fields of the schema${nearest ? ` (did you mean "${nearest}"?)` : ''}`, name);
    }
  }
}

/** A resource of the product itself, whose name an integrator cannot take. */
export function defineInternalResource(options: ResourceOptions): Resource {
  return buildResource(options, true);
}

function buildResource(options: ResourceOptions, internal: boolean): Resource {
  const of = `defineResource("${options.name}")`;
  if (!isStandardSchema(options.schema)) {
    refuseOption(of, 'schema', 'a Standard Schema (zod, valibot, arktype)', typeof options.schema);
  }
  const maxRecordBytes = options.maxRecordBytes ?? 1_048_576;
  if (!Number.isInteger(maxRecordBytes) || maxRecordBytes < 1024) {
    refuseOption(of, 'maxRecordBytes', 'a whole number of at least 1,024', maxRecordBytes);
  }
  const words = (text: string): Words => ({ en: text, fr: text });
  const label = options.label ?? words(titleCase(options.name));
  const defaults = defaultFieldClasses[options.name] ?? {};
  const classes = (name: keyof FieldClasses) => [
    ...new Set([...(defaults[name] ?? []), ...(options[name] ?? [])].map(toPointer)),
  ];
  return Object.freeze({
    name: options.name,
    schema: options.schema,
    jsonSchema: jsonSchemaOf(options.schema),
    single: options.single ?? false,
    label,
    itemLabel: options.itemLabel ?? label,
    fields: options.fields ?? {},
    titleField: options.titleField ?? null,
    listFields: options.listFields ?? null,
    public: options.public ?? 'none',
    drafts: options.drafts ?? false,
    classes: {
      preserve: classes('preserve'),
      immutable: classes('immutable'),
      counter: classes('counter'),
      secret: classes('secret'),
    },
    keys: options.keys ?? {},
    atomic: options.atomic ?? [],
    maxRecordBytes,
    seed: options.seed === undefined ? [] : Array.isArray(options.seed) ? options.seed : [options.seed as JsonObject],
    internal,
  });
}

/** The pointers that a client may not set: on create what the server and the counters own, on update also the preserved and the immutable ones. */
export function protectedFields(resource: Resource, operation: 'create' | 'update'): readonly string[] {
  const { preserve, immutable, counter } = resource.classes;
  const owned = serverOwnedFields.map((name) => `/${name}`);
  return operation === 'create' ? [...owned, ...counter] : [...owned, ...preserve, ...counter, ...immutable];
}

/** The top-level fields that the schema describes; null when it describes none or allows others. */
export function knownFields(resource: Resource): readonly string[] | null {
  const properties = resource.jsonSchema?.['properties'];
  if (typeof properties !== 'object' || properties === null) return null;
  const others = resource.jsonSchema?.['additionalProperties'];
  if (others !== undefined && others !== false) return null;
  return Object.keys(properties);
}

function titleCase(name: string): string {
  const spaced = name.replaceAll(/[-_]/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
