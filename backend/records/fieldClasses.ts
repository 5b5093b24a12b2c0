/** Which fields of a resource belong to whom; names or JSON Pointer patterns (`/members/*\/joinDate`). */
export interface FieldClasses {
  /** Never set by a client on update. */
  readonly preserve?: readonly string[];
  /** Set by a client on create, by nobody after. */
  readonly immutable?: readonly string[];
  /** Set by deltas only. */
  readonly counter?: readonly string[];
  /** Write-only: sealed in the log, in no answer, stream, webhook, history or log line. */
  readonly secret?: readonly string[];
}

/** Fields that every record has and only the server sets. */
export const serverOwnedFields = ['id', 'version', 'createdAt', 'updatedAt', 'updatedBy', 'publishedVersion'] as const;

/** The same on an integrator's own data, where `version` may mean something else. */
export const foreignOwnedFields = ['id', 'createdAt', 'updatedAt', 'updatedBy'] as const;

/** The fields that are protected without a word of configuration, for the four resources that every guide has. */
export const defaultFieldClasses: Readonly<Record<string, FieldClasses>> = {
  settings: {},
  team: { immutable: ['joinDate', 'employeeId'] },
  services: { counter: ['views'], preserve: ['rating'] },
  solutions: { counter: ['views'], immutable: ['category'] },
};

/** A name becomes the pointer of a top-level field; a pointer stays. */
export function toPointer(field: string): string {
  return field.startsWith('/') ? field : `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
