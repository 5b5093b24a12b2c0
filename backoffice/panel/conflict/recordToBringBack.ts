import type { JsonObject } from '../../../shared/json.ts';
import type { FieldClass, ResourceDescription } from '../../../shared/resource.ts';
import { fromFormValues } from '../form/fromFormValue.ts';
import type { RecordForm } from '../form/useRecordForm.ts';

/** What the server sets or keeps by itself, whatever a create says. */
const ofServer: ReadonlySet<FieldClass> = new Set<FieldClass>(['server', 'counter', 'preserve']);

/**
 * A deleted record as it is created again under its id: as it was stored last, with what the form holds now.
 *
 * Whole, because there is nothing left for the server to merge it with: a field that is left out would stay lost.
 */
export function recordToBringBack(
  resource: ResourceDescription,
  id: string,
  { bases, values }: Pick<RecordForm, 'bases' | 'values'>,
): JsonObject {
  const without = new Set(['version', 'publishedVersion']);
  for (const { name, class: kind } of resource.fields) if (kind !== undefined && ofServer.has(kind)) without.add(name);
  const inForm = resource.fields.filter((field) => field.name in values());
  const whole = fromFormValues(inForm, { ...bases.stored(), ...values() });
  return { ...Object.fromEntries(Object.entries(whole).filter(([name]) => !without.has(name))), id };
}
