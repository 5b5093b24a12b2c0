import { z } from 'zod';
import { defineResource, type Resource } from '../../records/defineResource.ts';
import { labels, tenantField, words } from './tenantField.ts';
import { goalSeed, keyResultSeed, collaboratorSeed } from './goalSeed.ts';

const progress = z.number().int().min(0).max(100).default(0);
const progressField = {
  label: words('Progress', 'Avancement'),
  help: words('Percent, 0 to 100.', 'En pour cent, de 0 à 100.'),
};
const goalId = { label: words('Goal', 'Objectif'), help: words('The id of a goal.', 'L’identifiant d’un objectif.') };

const goal = z.object({
  name: z.string().trim().min(1).max(160),
  description: z.string().max(2000).optional(),
  progress,
  status: z.enum(['open', 'at_risk', 'done']).default('open'),
  due_on: z.iso.date().or(z.literal('')).optional(),
  profile_id: z.string().max(64).optional(),
  organization_id: tenantField,
});

const goals = defineResource({
  name: 'goals',
  label: words('Goals', 'Objectifs'),
  itemLabel: words('Goal', 'Objectif'),
  priority: 'high',
  titleField: 'name',
  listFields: ['name', 'progress', 'status', 'due_on', 'organization_id'],
  immutable: ['organization_id'],
  texts: ['description'],
  schema: goal,
  fields: labels(goal, {
    name: { label: words('Name', 'Nom') },
    description: { label: words('Description', 'Description') },
    progress: progressField,
    status: {
      label: words('Status', 'État'),
      choices: {
        open: words('On track', 'En bonne voie'),
        at_risk: words('At risk', 'Menacé'),
        done: words('Done', 'Atteint'),
      },
    },
    due_on: { label: words('Due on', 'Échéance') },
  }),
  seed: goalSeed,
});

const keyResult = z.object({
  goal_id: z.string().min(1).max(64),
  title: z.string().min(1).max(160),
  target: z.string().max(60).optional(),
  progress,
  organization_id: tenantField,
});

const keyResults = defineResource({
  name: 'key_results',
  label: words('Key results', 'Résultats clés'),
  itemLabel: words('Key result', 'Résultat clé'),
  priority: 'medium',
  titleField: 'title',
  listFields: ['title', 'progress', 'target', 'goal_id'],
  immutable: ['organization_id'],
  schema: keyResult,
  fields: labels(keyResult, {
    goal_id: goalId,
    title: { label: words('Title', 'Titre') },
    target: { label: words('Target', 'Cible') },
    progress: progressField,
  }),
  seed: keyResultSeed,
});

const collaborator = z.object({
  goal_id: z.string().min(1).max(64),
  profile_id: z.string().min(1).max(64),
  part: z.enum(['lead', 'help', 'follow']).default('help'),
  organization_id: tenantField,
});

const goalCollaborators = defineResource({
  name: 'goal_collaborators',
  label: words('Goal collaborators', 'Participants aux objectifs'),
  itemLabel: words('Collaborator', 'Participant'),
  priority: 'low',
  titleField: 'profile_id',
  listFields: ['profile_id', 'goal_id', 'part'],
  immutable: ['organization_id'],
  schema: collaborator,
  fields: labels(collaborator, {
    goal_id: goalId,
    part: {
      label: words('Part', 'Rôle'),
      choices: { lead: words('Leads', 'Pilote'), help: words('Helps', 'Contribue'), follow: words('Follows', 'Suit') },
    },
  }),
  seed: collaboratorSeed,
});

/** What an organization wants to reach, how it is measured, and who takes part. */
export const goalResources: readonly Resource[] = [goals, keyResults, goalCollaborators];
