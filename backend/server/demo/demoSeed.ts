import type { JsonObject } from '../../../shared/json.ts';

/** The first content of the demo company: real sentences, so that the site looks like one from the first start. */
export const settingsSeed: JsonObject = {
  companyName: 'TRU Group',
  tagline: 'Des outils numériques qui tiennent leurs promesses.',
  introduction:
    'Depuis 2009, nous concevons et entretenons les logiciels de soixante entreprises de taille moyenne. Une équipe stable, un interlocuteur unique, et des engagements écrits.',
  email: 'bonjour@tru-group.example',
  phone: '+33 1 84 16 00 42',
  openingHours: 'Du lundi au vendredi, de 9 h à 18 h',
  address: { street: '14, rue des Tanneurs', postalCode: '69009', city: 'Lyon', country: 'France' },
  links: [
    { id: 'presse', label: 'Espace presse', url: 'https://www.example.com/presse' },
    { id: 'emploi', label: 'Nous rejoindre', url: 'https://www.example.com/emploi' },
  ],
};

/** The demo team. */
export const teamSeed: readonly JsonObject[] = [
  member(
    'camille-r',
    'Camille R.',
    'Directrice technique',
    'E-0042',
    '2012-03-01',
    'Elle veille à ce que chaque projet reste simple à expliquer, et donc à entretenir.',
    ['Architecture', 'TypeScript'],
    1,
  ),
  member(
    'bruno-l',
    'Bruno L.',
    'Responsable de la clientèle',
    'E-0051',
    '2014-09-15',
    'Votre premier appel, et souvent le dernier : il connaît chaque contrat et chaque échéance.',
    ['Conseil', 'Budget'],
    2,
  ),
  member(
    'ines-m',
    'Inès M.',
    'Conceptrice d’interfaces',
    'E-0063',
    '2018-01-08',
    'Elle dessine des écrans que l’on comprend sans mode d’emploi, au clavier comme au doigt.',
    ['Accessibilité', 'Typographie'],
    3,
  ),
  member(
    'theo-v',
    'Théo V.',
    'Ingénieur système',
    'E-0070',
    '2020-06-02',
    'Il dort bien la nuit, parce que les sauvegardes sont essayées le jour.',
    ['PostgreSQL', 'Exploitation'],
    4,
  ),
];

/** The demo services. */
export const servicesSeed: readonly JsonObject[] = [
  {
    id: 'conception',
    title: 'Conception',
    description: 'Deux semaines d’ateliers, puis un prototype que vos équipes essaient vraiment.',
    price: 'à partir de 9 000 €',
    features: ['Entretiens', 'Prototype', 'Chiffrage ferme'],
    rating: 4.8,
    views: 312,
    position: 1,
  },
  {
    id: 'realisation',
    title: 'Réalisation',
    description: 'Des livraisons toutes les deux semaines, utilisables dès la première.',
    price: 'au forfait',
    features: ['Tests automatiques', 'Code remis', 'Formation'],
    rating: 4.7,
    views: 268,
    position: 2,
  },
  {
    id: 'entretien',
    title: 'Entretien',
    description: 'Mises à jour, surveillance et petites évolutions, avec un délai de réponse écrit.',
    price: '690 € par mois',
    features: ['Réponse en 4 h', 'Sauvegardes essayées', 'Rapport mensuel'],
    rating: 4.9,
    views: 187,
    position: 3,
  },
];

/** The demo solutions. */
export const solutionsSeed: readonly JsonObject[] = [
  {
    id: 'atelier',
    title: 'Suivi d’atelier',
    category: 'industry',
    summary: 'Chaque pièce, chaque poste, chaque heure : l’avancement réel, sans ressaisie.',
    views: 94,
    position: 1,
  },
  {
    id: 'comptoir',
    title: 'Vente au comptoir',
    category: 'trade',
    summary: 'Un écran pour le stock, les commandes et la caisse, même quand le réseau tombe.',
    views: 121,
    position: 2,
  },
  {
    id: 'guichet',
    title: 'Guichet en ligne',
    category: 'public',
    summary: 'Les démarches de vos administrés, accessibles à tous et suivies jusqu’au bout.',
    views: 76,
    position: 3,
  },
];

/** The demo news. */
export const newsSeed: readonly JsonObject[] = [
  {
    id: 'nouveaux-locaux',
    title: 'Nous ouvrons nos portes à Lyon-Vaise',
    date: '2026-09-14',
    body: 'Nos nouveaux locaux accueillent désormais les ateliers de conception. Venez les visiter le premier jeudi du mois.',
  },
  {
    id: 'accessibilite',
    title: 'Tous nos écrans audités',
    date: '2026-06-02',
    body: 'Un cabinet indépendant a vérifié nos vingt derniers projets : aucun obstacle au clavier, aucun contraste insuffisant.',
  },
];

function member(
  id: string,
  name: string,
  role: string,
  employeeId: string,
  joinDate: string,
  biography: string,
  skills: readonly string[],
  position: number,
): JsonObject {
  return { id, name, role, employeeId, joinDate, email: `${id}@tru-group.example`, biography, skills, position };
}
