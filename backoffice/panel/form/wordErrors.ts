import type { TFunction } from 'i18next';
import type { JsonObject } from '../../../shared/json.ts';
import { formatPointer, getAt, parsePointer } from '../../../shared/merge/pointer.ts';
import type { FieldError } from '../../../shared/problem.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fieldAt } from './fieldAt.ts';
import { serverFault } from './serverFault.ts';
import { toFormPath } from './toFormPath.ts';

/** What the server said of the fields, each with the form's path and in the language of the screen. */
export function wordErrors(
  errors: readonly FieldError[],
  of: {
    readonly fields: readonly FieldDescription[];
    readonly values: JsonObject;
    readonly t: TFunction;
    readonly number: (value: number) => string;
  },
): readonly { readonly path: string; readonly message: string }[] {
  const { fields, values, t, number } = of;
  return errors.map((error) => {
    const path = toFormPath(values, error.path);
    const tags = tagsAround(fields, error.path);
    if (tags === undefined) return { path, message: serverFault(error, fieldAt(fields, error.path), t, number) };
    // All tags share one input, so the sentence names the one that it is about.
    const message = serverFault(error, { ...tags, kind: 'text' }, t, number);
    const text = getAt(values, error.path);
    return {
      path: path.slice(0, path.lastIndexOf('.')),
      message: typeof text === 'string' ? t('form.fault.tag', { text, message }) : message,
    };
  });
}

/** The field whose tag this place is; undefined for any other place. */
function tagsAround(fields: readonly FieldDescription[], pointer: string): FieldDescription | undefined {
  const around = fieldAt(fields, formatPointer((parsePointer(pointer) ?? []).slice(0, -1)));
  return around?.kind === 'texts' ? around : undefined;
}
