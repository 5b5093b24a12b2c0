import type { JsonObject } from '../../shared/json.ts';
import { parsePointer } from '../../shared/merge/index.ts';
import { nearestName } from '../../shared/nearestName.ts';
import type { FieldKind, Words } from '../../shared/resource.ts';
import { refuseOption, refuseUnknownOptions } from '../options.ts';
import { autosaveOf, type AutosaveOptions } from './autosaveOf.ts';
import { capturedRows, type CapturedOptions, type RecordOfRow } from './capturedRows.ts';
import {
  defaultFieldClasses, listedClasses, serverOwnedFields, toPointer, type FieldClasses, type ServerField,
} from './fieldClasses.ts'; // prettier-ignore
import { refuseServerFields } from './refuseServerFields.ts';
import type { SourcedFields } from './sourcedFields.ts';
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
export interface ResourceOptions extends FieldClasses, CapturedOptions {
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
  /** The panel saves by itself, this many milliseconds after the last key, 800 to 3,000; with `drafts` only the draft. Default false. */
  readonly autosave?: AutosaveOptions | false;
  /** The key field of lists that do not use `id`, by pointer: `{ '/rooms': 'number' }`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Lists that are one value although their items have ids. */
  readonly atomic?: readonly string[];
  /** Long texts that merge line by line, names or pointers; two edits of the same or of neighbouring lines stay a conflict. Default none. */
  readonly texts?: readonly string[];
  /** Fields that only the server sets, each with the function that makes its value at each save. Default none. */
  readonly server?: Readonly<Record<string, ServerField>>;
  /** Counters that a visitor may add 1 to. Default none. */
  readonly publicCounters?: readonly string[];
  /** True: a body's `updatedAt` says what it is based on, where `If-Match`, `$base` and `version` do not. Default false. */
  readonly updatedAtIsBase?: boolean;
  /** The largest record, as bytes of JSON. Default 1,048,576. */
  readonly maxRecordBytes?: number;
  /** False: no stream, socket or poll tells its changes; webhooks and history do. `notify`: streams and webhooks tell that a record changed, without its fields. Default true. */
  readonly live?: boolean | 'notify';
  /** How much it matters that this is told soon, shown by `/sync/configuration`; nothing is told out of order for it. Default medium. */
  readonly priority?: 'high' | 'medium' | 'low';
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
  readonly autosave: AutosaveOptions | null;
  readonly classes: Readonly<Record<(typeof listedClasses)[number], readonly string[]>>;
  readonly server: Readonly<Record<string, ServerField>>;
  readonly captured: RecordOfRow | null;
  /** Null where all fields are set here. */
  readonly sourced: SourcedFields | null;
  readonly publicCounters: readonly string[];
  readonly keys: Readonly<Record<string, string>>;
  readonly atomic: readonly string[];
  readonly texts: readonly string[];
  readonly updatedAtIsBase: boolean;
  readonly maxRecordBytes: number;
  readonly live: boolean | 'notify';
  readonly priority: 'high' | 'medium' | 'low';
  readonly seed: readonly JsonObject[];
  /** True for a resource of the product itself (webhooks): never listed among the integrator's, never on a stream. */
  readonly internal: boolean;
}

const known = [
  'name', 'schema', 'single', 'label', 'itemLabel', 'fields', 'titleField', 'listFields', 'public', 'drafts', 'keys', 'atomic',
  'maxRecordBytes', 'seed', 'preserve', 'immutable', 'counter', 'appendOnly', 'secret', 'server', 'texts', 'publicCounters',
  'updatedAtIsBase', 'autosave', 'live', 'priority', 'captured', 'fromRow',
]; // prettier-ignore
/** What is merged, summed or sealed as a whole, beside the walk through a record. */
const topOnly = ['secret', 'counter', 'appendOnly', 'publicCounters'];
const reserved = ['sync', 'auth', 'webhooks', 'users', 'accounts', 'notifications', 'tokens', 'sessions', 'ws'];

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
    ...Object.fromEntries(listedClasses.map((name) => [name, options[name]])),
    texts: options.texts,
    publicCounters: options.publicCounters,
    public: Array.isArray(options.public) ? (options.public as readonly string[]) : [],
  };
  for (const [option, names] of Object.entries(declared)) {
    for (const name of names ?? []) {
      const pointer = toPointer(name);
      const top = parsePointer(pointer)?.[0] ?? '';
      if (topOnly.includes(option) && pointer.includes('/', 1))
        refuseOption(of, option, 'fields at the top of the record', name);
      // Whatever hides secrets compares names: one that has to be escaped in a pointer would be shown somewhere.
      if (option === 'secret' && pointer.includes('~'))
        refuseOption(of, option, 'fields whose names have neither "/" nor "~"', name);
      if (option === 'publicCounters' && !resource.classes.counter.includes(pointer))
        refuseOption(of, option, 'fields that are declared as counter', name);
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
  const classes = (name: (typeof listedClasses)[number]) => [
    ...new Set([...(defaults[name] ?? []), ...(options[name] ?? [])].map(toPointer)),
  ];
  if (options.priority !== undefined && !['high', 'medium', 'low'].includes(options.priority))
    refuseOption(of, 'priority', '"high", "medium" or "low"', options.priority);
  if (options.live !== undefined && ![true, false, 'notify'].includes(options.live))
    refuseOption(of, 'live', 'true, false or "notify"', options.live);
  refuseServerFields(of, options);
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
    autosave: autosaveOf(of, options.autosave),
    classes: {
      preserve: classes('preserve'),
      immutable: classes('immutable'),
      counter: classes('counter'),
      appendOnly: classes('appendOnly'),
      secret: classes('secret'),
    },
    server: options.server ?? {},
    captured: capturedRows(of, options),
    sourced: null,
    publicCounters: (options.publicCounters ?? []).map(toPointer),
    keys: options.keys ?? {},
    atomic: options.atomic ?? [],
    texts: (options.texts ?? []).map(toPointer),
    updatedAtIsBase: options.updatedAtIsBase ?? false,
    maxRecordBytes,
    live: options.live ?? true,
    priority: options.priority ?? 'medium',
    seed: options.seed === undefined ? [] : Array.isArray(options.seed) ? options.seed : [options.seed as JsonObject],
    internal,
  });
}

/** The pointers that a client may not set: on create what the server, a source and the counters own, on update also the preserved and the immutable ones. */
export function protectedFields(resource: Resource, operation: 'create' | 'update'): readonly string[] {
  const { preserve, immutable, counter } = resource.classes;
  const owned = [...ownedFields(resource), ...(resource.sourced?.names ?? [])].map(toPointer);
  return operation === 'create' ? [...owned, ...counter] : [...owned, ...preserve, ...counter, ...immutable];
}

const computed = new WeakMap<Resource, readonly string[]>();

/** The names of the fields that only the server sets: those of every record, and those that the resource computes. */
export function ownedFields(resource: Resource): readonly string[] {
  const known = computed.get(resource) ?? [...serverOwnedFields, ...Object.keys(resource.server)];
  computed.set(resource, known);
  return known;
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
