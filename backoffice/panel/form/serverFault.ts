import type { TFunction } from 'i18next';
import type { FieldError } from '../../../shared/problem.ts';
import type { FieldDescription } from '../../../shared/resource.ts';

/** Kinds whose format the panel can say better than a schema does. */
const FORMATS = new Set(['email', 'url', 'phone', 'date', 'number', 'choice'] as const);

/**
 * What the server said of a field, in the language of the screen where the panel has words for it, else in the server's.
 */
export function serverFault(error: FieldError, field: FieldDescription | undefined, t: TFunction): string {
  if (field === undefined) return error.message;
  const code = error.code.toLowerCase();
  if (/too_big|too_long|maxlength/.test(code) && field.maxLength !== undefined) {
    return t('form.fault.tooLong', { limit: field.maxLength });
  }
  if (
    /format|invalid_string|invalid_value|invalid_enum|invalid_type|invalid_union/.test(code) &&
    isFormat(field.kind)
  ) {
    return t(`form.fault.${field.kind}`);
  }
  return error.message;
}

function isFormat(kind: FieldDescription['kind']): kind is 'email' | 'url' | 'phone' | 'date' | 'number' | 'choice' {
  return (FORMATS as ReadonlySet<string>).has(kind);
}
