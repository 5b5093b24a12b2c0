import { z } from 'zod';
import { defineResource, type Resource } from '../../records/defineResource.ts';
import { newsSeed, servicesSeed, settingsSeed, solutionsSeed, teamSeed } from './demoSeed.ts';

const words = (en: string, fr: string) => ({ en, fr });
const optionalText = (max: number) => z.string().max(max).optional();
const position = z.number().int().min(0).max(9999).default(0);

const settings = defineResource({
  name: 'settings',
  single: true,
  label: words('Settings', 'Réglages'),
  public: 'all',
  schema: z.object({
    companyName: z.string().min(1).max(120),
    tagline: optionalText(200),
    introduction: optionalText(1000),
    email: z.email().or(z.literal('')).optional(),
    phone: optionalText(40),
    openingHours: optionalText(120),
    address: z
      .object({
        street: optionalText(120),
        postalCode: optionalText(12),
        city: optionalText(80),
        country: optionalText(80),
      })
      .optional(),
    links: z
      .array(z.object({ id: z.string(), label: z.string().min(1).max(60), url: z.url({ protocol: /^https?$/ }) }))
      .max(20)
      .optional(),
    sortOrder: z.number().int().optional(),
  }),
  fields: {
    companyName: { label: words('Company name', 'Nom de l’entreprise') },
    tagline: {
      label: words('Tagline', 'Accroche'),
      help: words('One sentence under the name.', 'Une phrase sous le nom.'),
    },
    introduction: { label: words('Introduction', 'Présentation') },
    email: { label: words('E-mail', 'Courriel') },
    phone: { label: words('Phone', 'Téléphone'), kind: 'phone' },
    openingHours: { label: words('Opening hours', 'Horaires d’ouverture') },
    address: { label: words('Address', 'Adresse') },
    'address.street': { label: words('Street', 'Rue') },
    'address.postalCode': { label: words('Postal code', 'Code postal') },
    'address.city': { label: words('City', 'Ville') },
    'address.country': { label: words('Country', 'Pays') },
    links: {
      label: words('Links', 'Liens'),
      help: words('Shown at the foot of the site.', 'Affichés au pied du site.'),
    },
    'links.label': { label: words('Label', 'Libellé') },
    'links.url': { label: words('Address', 'Adresse') },
    sortOrder: { label: words('Order', 'Ordre') },
  },
  seed: settingsSeed,
});

const team = defineResource({
  name: 'team',
  label: words('Team', 'Équipe'),
  itemLabel: words('Member', 'Membre'),
  public: ['name', 'role', 'biography', 'email', 'position'],
  titleField: 'name',
  listFields: ['name', 'role', 'email', 'employeeId'],
  schema: z.object({
    name: z.string().min(1).max(120),
    role: z.string().min(1).max(120),
    employeeId: optionalText(20),
    joinDate: z.iso.date().optional(),
    email: z.email().or(z.literal('')).optional(),
    biography: optionalText(2000),
    skills: z.array(z.string().max(60)).max(30).optional(),
    position,
  }),
  fields: {
    name: { label: words('Name', 'Nom') },
    role: { label: words('Role', 'Fonction') },
    employeeId: { label: words('Employee number', 'Matricule') },
    joinDate: { label: words('Joined on', 'Date d’arrivée') },
    email: { label: words('E-mail', 'Courriel') },
    biography: { label: words('Biography', 'Biographie') },
    skills: { label: words('Skills', 'Compétences') },
    position: {
      label: words('Position', 'Position'),
      help: words('Smaller numbers come first.', 'Les plus petits nombres viennent en premier.'),
    },
  },
  texts: ['biography'],
  seed: teamSeed,
});

const services = defineResource({
  name: 'services',
  label: words('Services', 'Services'),
  itemLabel: words('Service', 'Service'),
  public: 'all',
  titleField: 'title',
  listFields: ['title', 'price', 'rating', 'views'],
  schema: z.object({
    title: z.string().min(1).max(120),
    description: optionalText(2000),
    price: optionalText(60),
    features: z.array(z.string().max(120)).max(20).optional(),
    rating: z.number().min(0).max(5).nullable().default(null),
    views: z.number().int().min(0).default(0),
    position,
  }),
  fields: {
    title: { label: words('Title', 'Titre') },
    description: { label: words('Description', 'Description') },
    price: { label: words('Price', 'Prix') },
    features: { label: words('What is included', 'Ce qui est compris') },
    rating: { label: words('Rating', 'Note') },
    views: { label: words('Views', 'Vues') },
    position: { label: words('Position', 'Position') },
  },
  publicCounters: ['views'],
  texts: ['description'],
  seed: servicesSeed,
});

const solutions = defineResource({
  name: 'solutions',
  label: words('Solutions', 'Solutions'),
  itemLabel: words('Solution', 'Solution'),
  public: 'all',
  titleField: 'title',
  listFields: ['title', 'category', 'views'],
  schema: z.object({
    title: z.string().min(1).max(120),
    category: z.enum(['industry', 'trade', 'public']),
    summary: optionalText(300),
    description: optionalText(4000),
    views: z.number().int().min(0).default(0),
    position,
  }),
  fields: {
    title: { label: words('Title', 'Titre') },
    category: {
      label: words('Sector', 'Secteur'),
      choices: {
        industry: words('Industry', 'Industrie'),
        trade: words('Trade', 'Commerce'),
        public: words('Public sector', 'Secteur public'),
      },
    },
    summary: { label: words('Summary', 'Résumé'), kind: 'longText' },
    description: { label: words('Description', 'Description') },
    views: { label: words('Views', 'Vues') },
    position: { label: words('Position', 'Position') },
  },
  publicCounters: ['views'],
  texts: ['description'],
  seed: solutionsSeed,
});

/** Not one of the four of every guide: it shows that a resource is one declaration, and what drafts are. */
const news = defineResource({
  name: 'news',
  label: words('News', 'Actualités'),
  itemLabel: words('Article', 'Article'),
  public: 'all',
  drafts: true,
  titleField: 'title',
  listFields: ['title', 'date'],
  schema: z.object({ title: z.string().min(1).max(160), date: z.iso.date(), body: optionalText(4000) }),
  fields: {
    title: { label: words('Title', 'Titre') },
    date: { label: words('Date', 'Date') },
    body: { label: words('Text', 'Texte') },
  },
  texts: ['body'],
  seed: newsSeed,
});

/** What the demo company edits. */
export const demoResources: readonly Resource[] = [settings, team, services, solutions, news];
