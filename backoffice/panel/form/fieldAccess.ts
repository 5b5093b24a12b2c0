/** Which fields of a resource a person sets, and why not the others. */
import type { FieldDescription, ResourceDescription } from '../../../shared/resource.ts';

/** Whether the form is for a record that exists. */
export type FormMode = 'create' | 'update';

/** Why a field is shown and not edited; the dictionaries have a sentence for each. */
export type ReadOnlyReason = 'immutable' | 'preserve' | 'server' | 'counter' | 'noDrawing' | 'noPermission';

/** How a form treats one field: as an input, as text with a reason, below the form, or not at all. */
export type FieldAccess =
  | { readonly shown: 'input' }
  | { readonly shown: 'text'; readonly reason: ReadOnlyReason }
  | { readonly shown: 'about'; readonly reason: ReadOnlyReason }
  | { readonly shown: 'nowhere' };

/** What the screen says elsewhere: the address has the id, the badge says what is published. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['id', 'version', 'publishedVersion']);

/** Decides for one field at the top of a record. */
export function fieldAccess(
  field: FieldDescription,
  mode: FormMode,
  permissions: ResourceDescription['permissions'],
): FieldAccess {
  if (SAID_ELSEWHERE.has(field.name)) return { shown: 'nowhere' };
  if (field.class === 'server') return mode === 'create' ? { shown: 'nowhere' } : { shown: 'about', reason: 'server' };
  if (field.class === 'counter' || field.class === 'preserve') {
    return mode === 'create' ? { shown: 'nowhere' } : { shown: 'text', reason: field.class };
  }
  if (field.class === 'immutable' && mode === 'update') return { shown: 'text', reason: 'immutable' };
  if (mode === 'update' && !permissions.update) return { shown: 'text', reason: 'noPermission' };
  if (field.kind === 'json') return mode === 'create' ? { shown: 'nowhere' } : { shown: 'text', reason: 'noDrawing' };
  return { shown: 'input' };
}

/** The fields of a resource that a form in this mode has inputs for. */
export function inputFields(resource: ResourceDescription, mode: FormMode): readonly FieldDescription[] {
  return resource.fields.filter((field) => fieldAccess(field, mode, resource.permissions).shown === 'input');
}
