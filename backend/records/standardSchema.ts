import type { FieldError } from '../../shared/problem.ts';
import type { JsonObject } from '../../shared/json.ts';
import { formatPointer } from '../../shared/merge/index.ts';

/**
 * A schema of any library that follows Standard Schema (zod, valibot, arktype).
 *
 * Source  Standard Schema 1; `jsonSchema` is its JSON Schema part, which forms are generated from where the library has it
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Readonly<Record<string, unknown>>;
    };
  };
}

type PathSegment = PropertyKey | { readonly key: PropertyKey };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly PathSegment[] | undefined;
  readonly code?: unknown;
}

type SchemaResult =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** The outcome of a validation: the schema's own output, or what is wrong, field by field. */
export type Validation =
  { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly errors: readonly FieldError[] };

/** True for a value that carries the Standard Schema interface. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as { '~standard'?: { validate?: unknown } })['~standard'];
  return typeof standard === 'object' && standard !== null && typeof standard.validate === 'function';
}

/** Validates a whole record; never throws for an invalid one. */
export async function validateRecord(schema: StandardSchema, record: JsonObject): Promise<Validation> {
  const result = await schema['~standard'].validate(record);
  if (result.issues === undefined) return { ok: true, value: result.value as JsonObject };
  return {
    ok: false,
    errors: result.issues.map((issue) => ({
      path: formatPointer((issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))),
      code: typeof issue.code === 'string' ? issue.code : 'invalid',
      message: issue.message,
    })),
  };
}

/** The JSON Schema of a schema's input; null when its library gives none. */
export function jsonSchemaOf(schema: StandardSchema): Readonly<Record<string, unknown>> | null {
  try {
    return schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // A schema with a part that JSON Schema cannot say (a function, a bigint): forms fall back to declared fields.
    return null;
  }
}
