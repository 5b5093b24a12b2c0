import { z } from 'zod';
import type { Words } from '../../../shared/resource.ts';
import type { FieldOptions } from '../../records/defineResource.ts';
import { organizations } from './organizations.ts';

/** Words in both languages of the panel. */
export const words = (en: string, fr: string): Words => ({ en, fr });

/** The field that every resource of the example has: whose record it is. Nobody moves a record to another organization. */
export const tenantField = z.enum(Object.keys(organizations) as [keyof typeof organizations]);

/** Its words, and those of fields that many resources share; the rest stands with the resource. */
export const sharedFields: Readonly<Record<string, FieldOptions>> = {
  organization_id: {
    label: words('Organization', 'Organisation'),
    choices: Object.fromEntries(Object.entries(organizations).map(([id, name]) => [id, words(name, name)])),
  },
  profile_id: { label: words('Profile', 'Profil'), help: words('The id of a profile.', 'L’identifiant d’un profil.') },
};

/** The words of fields: those of this resource, and the shared ones that its schema has. */
export function labels(
  schema: z.ZodObject,
  own: Readonly<Record<string, FieldOptions>>,
): Readonly<Record<string, FieldOptions>> {
  const shared = Object.entries(sharedFields).filter(([name]) => name in schema.shape);
  return { ...own, ...Object.fromEntries(shared) };
}
