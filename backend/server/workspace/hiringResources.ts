import { z } from 'zod';
import { defineResource, type Resource } from '../../records/defineResource.ts';
import { hiringSeed } from './hiringSeed.ts';
import { labels, tenantField, words } from './tenantField.ts';

const candidateId = {
  label: words('Candidate', 'Candidature'),
  help: words('The id of a candidate.', 'L’identifiant d’une candidature.'),
};
const postingId = {
  label: words('Job posting', 'Offre'),
  help: words('The id of a posting.', 'L’identifiant d’une offre.'),
};

const posting = z.object({
  title: z.string().min(1).max(160),
  place: z.string().max(80).optional(),
  text: z.string().max(4000).optional(),
  isOpen: z.boolean().default(true),
  organization_id: tenantField,
});

const jobPostings = defineResource({
  name: 'job_postings',
  label: words('Job postings', 'Offres d’emploi'),
  itemLabel: words('Job posting', 'Offre'),
  priority: 'medium',
  titleField: 'title',
  listFields: ['title', 'place', 'isOpen', 'organization_id'],
  immutable: ['organization_id'],
  texts: ['text'],
  schema: posting,
  fields: labels(posting, {
    title: { label: words('Title', 'Titre') },
    place: { label: words('Place', 'Lieu') },
    text: { label: words('Text', 'Texte') },
    isOpen: { label: words('Open', 'Ouverte') },
  }),
  seed: hiringSeed.postings,
});

const candidate = z.object({
  name: z.string().min(1).max(120),
  job_posting_id: z.string().min(1).max(64),
  stage: z.enum(['new', 'interview', 'offer', 'declined']).default('new'),
  email: z.email().or(z.literal('')).optional(),
  organization_id: tenantField,
});

const candidates = defineResource({
  name: 'candidates',
  label: words('Candidates', 'Candidatures'),
  itemLabel: words('Candidate', 'Candidature'),
  priority: 'high',
  titleField: 'name',
  listFields: ['name', 'stage', 'job_posting_id'],
  immutable: ['organization_id'],
  schema: candidate,
  fields: labels(candidate, {
    name: { label: words('Name', 'Nom') },
    job_posting_id: postingId,
    stage: {
      label: words('Stage', 'Étape'),
      choices: {
        new: words('New', 'Nouvelle'),
        interview: words('Interview', 'Entretien'),
        offer: words('Offer', 'Proposition'),
        declined: words('Declined', 'Refusée'),
      },
    },
    email: { label: words('E-mail', 'Courriel') },
  }),
  seed: hiringSeed.candidates,
});

const note = z.object({
  candidate_id: z.string().min(1).max(64),
  text: z.string().min(1).max(4000),
  organization_id: tenantField,
});

/** What is thought of somebody is read by who opens it, and travels in no event. */
const candidateNotes = defineResource({
  name: 'candidate_notes',
  label: words('Candidate notes', 'Notes sur les candidatures'),
  itemLabel: words('Note', 'Note'),
  priority: 'low',
  live: 'notify',
  titleField: 'text',
  listFields: ['text', 'candidate_id'],
  immutable: ['organization_id'],
  texts: ['text'],
  schema: note,
  fields: labels(note, { candidate_id: candidateId, text: { label: words('Note', 'Note') } }),
});

const interview = z.object({
  candidate_id: z.string().min(1).max(64),
  title: z.string().min(1).max(160),
  day: z.iso.date(),
  profile_id: z.string().max(64).optional(),
  organization_id: tenantField,
});

const interviews = defineResource({
  name: 'interviews',
  label: words('Interviews', 'Entretiens'),
  itemLabel: words('Interview', 'Entretien'),
  priority: 'medium',
  titleField: 'title',
  listFields: ['title', 'day', 'candidate_id'],
  immutable: ['organization_id'],
  schema: interview,
  fields: labels(interview, {
    candidate_id: candidateId,
    title: { label: words('Subject', 'Objet') },
    day: { label: words('Day', 'Jour') },
  }),
  seed: hiringSeed.interviews,
});

/** Postings, who answered them, and what came of it. */
export const hiringResources: readonly Resource[] = [jobPostings, candidates, candidateNotes, interviews];
