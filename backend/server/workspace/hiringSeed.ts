import type { JsonObject } from '../../../shared/json.ts';

const nord = 'atelier-nord';
const sud = 'maison-sud';

/** The first postings, who answered them, and what came of it; numbers instead of names, for nobody here is real. */
export const hiringSeed = {
  postings: [
    { id: 'nord-menuisier', title: 'Menuisier ou menuisière', place: 'Lille', isOpen: true, organization_id: nord },
    { id: 'sud-accueil', title: 'Chargé ou chargée d’accueil', place: 'Nîmes', isOpen: true, organization_id: sud },
  ],
  candidates: [
    {
      id: 'nord-1',
      name: 'Candidature 1',
      job_posting_id: 'nord-menuisier',
      stage: 'interview',
      organization_id: nord,
    },
    { id: 'nord-2', name: 'Candidature 2', job_posting_id: 'nord-menuisier', stage: 'new', organization_id: nord },
    { id: 'sud-1', name: 'Candidature 1', job_posting_id: 'sud-accueil', stage: 'new', organization_id: sud },
  ],
  interviews: [
    {
      id: 'nord-1',
      candidate_id: 'nord-1',
      title: 'Essai à l’atelier',
      day: '2026-12-03',
      profile_id: 'nord-2',
      organization_id: nord,
    },
  ],
} as const satisfies Readonly<Record<string, readonly JsonObject[]>>;
