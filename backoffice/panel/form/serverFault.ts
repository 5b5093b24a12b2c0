import type { TFunction } from 'i18next';
import type { FieldError } from '../../../shared/problem.ts';
import type { FieldDescription } from '../../../shared/resource.ts';

/** Kinds whose format the panel can say better than a schema does. */
const FORMATS = new Set(['email', 'url', 'phone', 'date', 'number', 'choice'] as const);

/** Kinds whose length is counted in characters. */
const TEXTS: ReadonlySet<FieldDescription['kind']> = new Set(['text', 'longText', 'email', 'url', 'phone'] as const);

/**
 * What the server said of a field, in the language of the screen where the panel has words for it, else in the server's.
 */
export function serverFault(
  error: FieldError,
  field: FieldDescription | undefined,
  t: TFunction,
  number: (value: number) => string,
): string {
  if (field === undefined) return error.message;
  const code = error.code.toLowerCase();
  if (/too_big|too_long|max_?length|max_?value/.test(code)) return tooMuch(field, t, number) ?? error.message;
  if (/too_small|too_short|min_?length|min_?value/.test(code)) return tooLittle(field, t, number) ?? error.message;
  if (
    /format|invalid_string|invalid_value|invalid_enum|invalid_type|invalid_union/.test(code) &&
    isFormat(field.kind)
  ) {
    return t(`form.fault.${field.kind}`);
  }
  return error.message;
}

function tooMuch(field: FieldDescription, t: TFunction, number: (value: number) => string): string | undefined {
  const { kind, maximum, maxLength } = field;
  if (kind === 'number')
    return maximum === undefined ? t('form.fault.smaller') : t('form.fault.atMost', { limit: number(maximum) });
  if (kind === 'texts' || kind === 'list') return t('form.fault.tooMany');
  if (!TEXTS.has(kind)) return undefined;
  return maxLength === undefined ? t('form.fault.shorten') : t('form.fault.tooLong', { limit: number(maxLength) });
}

function tooLittle(field: FieldDescription, t: TFunction, number: (value: number) => string): string | undefined {
  const { kind, minimum } = field;
  if (kind === 'number')
    return minimum === undefined ? t('form.fault.larger') : t('form.fault.atLeast', { limit: number(minimum) });
  if (kind === 'texts' || kind === 'list') return t('form.fault.tooFew');
  return TEXTS.has(kind) ? t('form.fault.tooShort') : undefined;
}

function isFormat(kind: FieldDescription['kind']): kind is 'email' | 'url' | 'phone' | 'date' | 'number' | 'choice' {
  return (FORMATS as ReadonlySet<string>).has(kind);
}
