import type { Actor } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { formatPointer } from '../../shared/merge/index.ts';

/** What a field that only the server sets is made from. */
export interface ServerFieldContext {
  /** The whole record as it will be stored, merged and with the protected fields put back. */
  readonly record: JsonObject;
  /** The record as it is stored now; null on create. */
  readonly before: JsonObject | null;
  readonly actor: Actor;
}

/** Makes the value of a field at each save that changes something; `undefined` leaves the field out. It has to be quick and free of effects: a save that is merged again asks again. */
export type ServerField = (context: ServerFieldContext) => JsonValue | undefined;

/** Which fields of a resource belong to whom; names or JSON Pointer patterns (`/members/*\/joinDate`). */
export interface FieldClasses {
  /** Never set by a client on update. */
  readonly preserve?: readonly string[];
  /** Set by a client on create, by nobody after. */
  readonly immutable?: readonly string[];
  /** Set by deltas only, with `POST …/increment`; fields at the top. */
  readonly counter?: readonly string[];
  /** Lists to which items can be added, and nothing else; fields at the top. */
  readonly appendOnly?: readonly string[];
  /** Write-only: sealed in the log, in no answer, stream, webhook, history or log line. */
  readonly secret?: readonly string[];
}

/** Fields that every record has and only the server sets. */
export const serverOwnedFields = ['id', 'version', 'createdAt', 'updatedAt', 'updatedBy', 'publishedVersion'] as const;

/** The same on an integrator's own data, where `version` may mean something else. */
export const foreignOwnedFields = ['id', '_id', '__v', 'createdAt', 'updatedAt', 'updatedBy'] as const;

/** The fields that are protected without a word of configuration, for the four resources that every guide has. */
export const defaultFieldClasses: Readonly<Record<string, FieldClasses>> = {
  settings: {},
  team: { immutable: ['joinDate', 'employeeId'] },
  services: { counter: ['views'], preserve: ['rating'] },
  solutions: { counter: ['views'], immutable: ['category'] },
};

/** The classes that are lists of fields. */
export const listedClasses = ['preserve', 'immutable', 'counter', 'appendOnly', 'secret'] as const;

/** A name becomes the pointer of a top-level field; a pointer stays. */
export function toPointer(field: string): string {
  return field.startsWith('/') ? field : formatPointer([field]);
}
