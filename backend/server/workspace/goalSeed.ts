import type { JsonObject } from '../../../shared/json.ts';

const nord = 'atelier-nord';
const sud = 'maison-sud';

/** The first goals of both organizations: real sentences, so that the page looks like one from the first start. */
export const goalSeed: readonly JsonObject[] = [
  {
    id: 'nord-delais',
    name: 'Livrer en moins de dix jours',
    description: 'De la commande signée à la livraison, pour neuf commandes sur dix.',
    progress: 60,
    status: 'open',
    due_on: '2026-12-31',
    profile_id: 'nord-1',
    organization_id: nord,
  },
  {
    id: 'nord-chutes',
    name: 'Réduire les chutes de bois d’un tiers',
    description: 'Peser les bennes chaque vendredi, et plans de coupe revus avec l’atelier.',
    progress: 35,
    status: 'at_risk',
    due_on: '2027-03-31',
    profile_id: 'nord-2',
    organization_id: nord,
  },
  {
    id: 'nord-apprentis',
    name: 'Former quatre apprentis',
    progress: 100,
    status: 'done',
    due_on: '2026-09-30',
    profile_id: 'nord-1',
    organization_id: nord,
  },
  {
    id: 'sud-accueil',
    name: 'Répondre à chaque demande le jour même',
    description: 'Une seule boîte, un tour de permanence, et rien en attente le soir.',
    progress: 80,
    status: 'open',
    due_on: '2026-12-31',
    profile_id: 'sud-1',
    organization_id: sud,
  },
  {
    id: 'sud-jardin',
    name: 'Ouvrir le jardin aux visiteurs',
    progress: 20,
    status: 'open',
    due_on: '2027-05-15',
    profile_id: 'sud-2',
    organization_id: sud,
  },
];

/** How they are measured. */
export const keyResultSeed: readonly JsonObject[] = [
  { id: 'nord-delais-1', goal_id: 'nord-delais', title: 'Délai médian', target: '8 jours', progress: 70, organization_id: nord },
  { id: 'nord-chutes-1', goal_id: 'nord-chutes', title: 'Bennes par mois', target: '4', progress: 30, organization_id: nord },
  { id: 'sud-accueil-1', goal_id: 'sud-accueil', title: 'Demandes sans réponse le soir', target: '0', progress: 80, organization_id: sud },
]; // prettier-ignore

/** Who takes part. */
export const collaboratorSeed: readonly JsonObject[] = [
  { id: 'nord-delais-2', goal_id: 'nord-delais', profile_id: 'nord-2', part: 'help', organization_id: nord },
  { id: 'sud-jardin-1', goal_id: 'sud-jardin', profile_id: 'sud-1', part: 'follow', organization_id: sud },
];
