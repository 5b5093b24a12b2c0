import type { JsonValue } from './json.ts';

/** Words of a screen, in each language that the panel speaks. */
export interface Words {
  readonly en: string;
  readonly fr: string;
}

/** How a field is edited. */
export type FieldKind =
  | 'text'
  | 'longText'
  | 'email'
  | 'url'
  | 'phone'
  | 'number'
  | 'boolean'
  | 'date'
  | 'choice'
  | 'texts'
  | 'list'
  | 'group'
  | 'json';

/** Who may set a field; a field without a class belongs to the client. */
export type FieldClass = 'preserve' | 'immutable' | 'server' | 'counter' | 'appendOnly' | 'secret';

/** One field, as the panel needs it to draw a form or a column. */
export interface FieldDescription {
  /** The field's own key; `fields` holds what is inside a group or an item of a list. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: Words;
  readonly help?: Words;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly class?: FieldClass;
  readonly default?: JsonValue;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly { readonly value: string; readonly label: Words }[];
  readonly fields?: readonly FieldDescription[];
}

/** What both sides know of a resource: everything the panel draws a screen from, and nothing secret. */
export interface ResourceDescription {
  readonly name: string;
  /** True for a resource with one record, whose id is `main` (settings). */
  readonly single: boolean;
  readonly label: Words;
  readonly itemLabel: Words;
  /** The field that names a record to a person. */
  readonly titleField: string;
  readonly listFields: readonly string[];
  readonly fields: readonly FieldDescription[];
  /** True when a save is a draft and only `publish` shows it to the public. */
  readonly drafts: boolean;
  /** Present where an open form saves by itself: after so many milliseconds without a key. */
  readonly autosave?: { readonly afterMs: number };
  readonly permissions: { readonly create: boolean; readonly update: boolean; readonly delete: boolean };
  /** How many records there are, of everybody; only for who may configure and reads all of them. */
  readonly rows?: number;
  /** Whether changes are told live, how much that matters, and, for the same people, how many are told at this moment on this node. */
  readonly realtime?: {
    /** `notify`: that a record changed, without its fields. */
    readonly live: boolean | 'notify';
    readonly priority: 'high' | 'medium' | 'low';
    readonly followers?: number;
  };
}
