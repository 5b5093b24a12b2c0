import type { FieldDescription, FieldKind, ResourceDescription } from '../../shared/resource.ts';

/** One field of the stand-in's resources; what is not given is the plain case. */
export function field(
  name: string,
  kind: FieldKind,
  labels: readonly [en: string, fr: string],
  more: Partial<FieldDescription> = {},
): FieldDescription {
  return { name, kind, label: { en: labels[0], fr: labels[1] }, required: false, nullable: false, ...more };
}

const stamps: readonly FieldDescription[] = [
  field('createdAt', 'text', ['Created', 'Créé'], { class: 'server' }),
  field('updatedAt', 'text', ['Last change', 'Dernière modification'], { class: 'server' }),
  field('updatedBy', 'text', ['Changed by', 'Modifié par'], { class: 'server' }),
];
const all = { create: true, update: true, delete: true };

/** A resource of each shape that the panel draws: one record, a list with protected fields, drafts, an empty list. */
export const standInResources: readonly ResourceDescription[] = [
  {
    name: 'settings',
    single: true,
    label: { en: 'Settings', fr: 'Réglages' },
    itemLabel: { en: 'Settings', fr: 'Réglages' },
    titleField: 'companyName',
    listFields: [],
    drafts: false,
    permissions: { create: false, update: true, delete: false },
    fields: [
      field('companyName', 'text', ['Company name', 'Nom de l’entreprise'], { required: true, maxLength: 80 }),
      field('tagline', 'longText', ['Tagline', 'Accroche'], {
        maxLength: 160,
        help: { en: 'One sentence under the name.', fr: 'Une phrase sous le nom.' },
      }),
      field('email', 'email', ['E-mail', 'E-mail'], { required: true }),
      field('phone', 'phone', ['Phone', 'Téléphone']),
      field('address', 'group', ['Address', 'Adresse'], {
        fields: [
          field('street', 'text', ['Street', 'Rue']),
          field('city', 'text', ['City', 'Ville'], { required: true }),
        ],
      }),
      field('links', 'list', ['Links', 'Liens'], {
        fields: [
          field('id', 'text', ['Id', 'Id'], { required: true }),
          field('label', 'text', ['Name', 'Nom'], { required: true }),
          field('url', 'url', ['Address', 'Adresse'], { required: true }),
        ],
      }),
      field('languages', 'texts', ['Languages', 'Langues']),
      field('isOpen', 'boolean', ['Open to the public', 'Ouvert au public']),
      ...stamps,
    ],
  },
  {
    name: 'team',
    single: false,
    label: { en: 'Team', fr: 'Équipe' },
    itemLabel: { en: 'Team member', fr: 'Membre de l’équipe' },
    titleField: 'name',
    listFields: ['name', 'role', 'email', 'joinDate'],
    drafts: false,
    permissions: all,
    fields: [
      field('name', 'text', ['Name', 'Nom'], { required: true, maxLength: 60 }),
      field('role', 'text', ['Role', 'Rôle'], { required: true }),
      field('email', 'email', ['E-mail', 'E-mail']),
      field('phone', 'phone', ['Phone', 'Téléphone'], { nullable: true }),
      field('employeeId', 'text', ['Employee number', 'Matricule'], { class: 'immutable', required: true }),
      field('joinDate', 'date', ['Joined', 'Arrivée'], { class: 'immutable' }),
      field('bio', 'longText', ['Biography', 'Biographie'], { maxLength: 400 }),
      field('views', 'number', ['Views', 'Vues'], { class: 'counter' }),
      ...stamps,
    ],
  },
  {
    name: 'news',
    single: false,
    label: { en: 'News', fr: 'Actualités' },
    itemLabel: { en: 'News item', fr: 'Actualité' },
    titleField: 'title',
    listFields: ['title', 'category'],
    drafts: true,
    permissions: all,
    fields: [
      field('title', 'text', ['Title', 'Titre'], { required: true }),
      field('category', 'choice', ['Category', 'Catégorie'], {
        required: true,
        choices: [
          { value: 'press', label: { en: 'Press', fr: 'Presse' } },
          { value: 'event', label: { en: 'Event', fr: 'Événement' } },
        ],
      }),
      field('body', 'longText', ['Text', 'Texte']),
      ...stamps,
    ],
  },
  {
    name: 'services',
    single: false,
    label: { en: 'Services', fr: 'Services' },
    itemLabel: { en: 'Service', fr: 'Service' },
    titleField: 'title',
    listFields: ['title'],
    drafts: false,
    permissions: all,
    fields: [field('title', 'text', ['Title', 'Titre'], { required: true })],
  },
];
