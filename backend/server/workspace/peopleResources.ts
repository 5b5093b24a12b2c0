import { z } from 'zod';
import { defineResource, type Resource } from '../../records/defineResource.ts';
import { profileSeed } from './profileSeed.ts';
import { labels, tenantField, words } from './tenantField.ts';

const period = { label: words('Period', 'Période'), help: words('Such as 2026 S1.', 'Par exemple 2026 S1.') };

const profile = z.object({
  name: z.string().min(1).max(120),
  role: z.string().max(120).optional(),
  account: z.string().max(64).optional(),
  organization_id: tenantField,
});

const profiles = defineResource({
  name: 'profiles',
  label: words('Profiles', 'Profils'),
  itemLabel: words('Profile', 'Profil'),
  priority: 'high',
  titleField: 'name',
  listFields: ['name', 'role', 'account', 'organization_id'],
  immutable: ['organization_id'],
  schema: profile,
  fields: labels(profile, {
    name: { label: words('Name', 'Nom') },
    role: { label: words('Role', 'Fonction') },
    account: { label: words('User name', 'Nom d’utilisateur') },
  }),
  seed: profileSeed,
});

const review = z.object({
  profile_id: z.string().min(1).max(64),
  period: z.string().min(1).max(20),
  text: z.string().max(8000).optional(),
  organization_id: tenantField,
});

/** Sensitive: an event says that a review changed, and who opens it loads it. */
const performanceReviews = defineResource({
  name: 'performance_reviews',
  label: words('Performance reviews', 'Évaluations'),
  itemLabel: words('Review', 'Évaluation'),
  priority: 'low',
  live: 'notify',
  titleField: 'period',
  listFields: ['period', 'profile_id'],
  immutable: ['organization_id'],
  texts: ['text'],
  schema: review,
  fields: labels(review, { period, text: { label: words('Text', 'Texte') } }),
});

const rating = z.object({
  performance_review_id: z.string().min(1).max(64),
  criterion: z.string().min(1).max(120),
  score: z.number().int().min(1).max(5),
  organization_id: tenantField,
});

/** As sensitive as the review that it belongs to. */
const performanceRatings = defineResource({
  name: 'performance_ratings',
  label: words('Performance ratings', 'Notes d’évaluation'),
  itemLabel: words('Rating', 'Note'),
  priority: 'low',
  live: 'notify',
  titleField: 'criterion',
  listFields: ['criterion', 'score', 'performance_review_id'],
  immutable: ['organization_id'],
  schema: rating,
  fields: labels(rating, {
    performance_review_id: { label: words('Review', 'Évaluation') },
    criterion: { label: words('Criterion', 'Critère') },
    score: { label: words('Score', 'Note'), help: words('1 to 5.', 'De 1 à 5.') },
  }),
});

const feedback = z.object({
  profile_id: z.string().min(1).max(64),
  text: z.string().min(1).max(4000),
  organization_id: tenantField,
});

const peerFeedback = defineResource({
  name: 'peer_feedback',
  label: words('Peer feedback', 'Retours entre collègues'),
  itemLabel: words('Feedback', 'Retour'),
  priority: 'low',
  titleField: 'text',
  listFields: ['text', 'profile_id'],
  immutable: ['organization_id'],
  texts: ['text'],
  schema: feedback,
  fields: labels(feedback, { text: { label: words('Text', 'Texte') } }),
});

/** Who works there, and how it goes. */
export const peopleResources: readonly Resource[] = [profiles, performanceReviews, performanceRatings, peerFeedback];
