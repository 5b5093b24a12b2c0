import { z } from 'zod';
import { defineResource, type Resource } from '../../records/defineResource.ts';
import { registrySeed } from './registrySeed.ts';
import { labels, tenantField, words } from './tenantField.ts';

const release = { label: words('Version', 'Version') };
const agent = { label: words('Agent', 'Agent') };
const message = { label: words('Message', 'Message') };
const outcome = {
  label: words('Outcome', 'Résultat'),
  choices: {
    running: words('Running', 'En cours'),
    passed: words('Passed', 'Réussi'),
    failed: words('Failed', 'Échoué'),
  },
};
const outcomes = z.enum(['running', 'passed', 'failed']).default('running');
const componentId = {
  label: words('Component', 'Composant'),
  help: words('The id of a component.', 'L’identifiant d’un composant.'),
};

const component = z.object({
  name: z.string().min(1).max(120),
  summary: z.string().max(300).optional(),
  organization_id: tenantField,
});

const registryComponents = defineResource({
  name: 'registry_components',
  label: words('Components', 'Composants'),
  itemLabel: words('Component', 'Composant'),
  priority: 'low',
  titleField: 'name',
  listFields: ['name', 'summary'],
  immutable: ['organization_id'],
  schema: component,
  fields: labels(component, {
    name: { label: words('Name', 'Nom') },
    summary: { label: words('Summary', 'Résumé'), kind: 'longText' },
  }),
  seed: registrySeed.components,
});

const build = z.object({
  registry_component_id: z.string().min(1).max(64),
  release: z.string().min(1).max(40),
  outcome: outcomes,
  organization_id: tenantField,
});

const registryBuilds = defineResource({
  name: 'registry_builds',
  label: words('Builds', 'Fabrications'),
  itemLabel: words('Build', 'Fabrication'),
  priority: 'medium',
  titleField: 'release',
  listFields: ['release', 'outcome', 'registry_component_id'],
  immutable: ['organization_id'],
  schema: build,
  fields: labels(build, { registry_component_id: componentId, release, outcome }),
  seed: registrySeed.builds,
});

const publication = z.object({
  registry_component_id: z.string().min(1).max(64),
  release: z.string().min(1).max(40),
  day: z.iso.date(),
  organization_id: tenantField,
});

const registryPublications = defineResource({
  name: 'registry_publications',
  label: words('Publications', 'Publications'),
  itemLabel: words('Publication', 'Publication'),
  priority: 'low',
  titleField: 'release',
  listFields: ['release', 'day', 'registry_component_id'],
  immutable: ['organization_id'],
  schema: publication,
  fields: labels(publication, { registry_component_id: componentId, release, day: { label: words('Day', 'Jour') } }),
});

const activity = z.object({
  agent: z.string().min(1).max(80),
  action: z.string().min(1).max(200),
  outcome: outcomes,
  organization_id: tenantField,
});

const agentActivities = defineResource({
  name: 'agent_activities',
  label: words('Agent activities', 'Activité des agents'),
  itemLabel: words('Activity', 'Activité'),
  priority: 'high',
  titleField: 'action',
  listFields: ['action', 'agent', 'outcome'],
  immutable: ['organization_id'],
  schema: activity,
  fields: labels(activity, { agent, action: { label: words('Action', 'Action') }, outcome }),
  seed: registrySeed.activities,
});

const communication = z.object({
  agent: z.string().min(1).max(80),
  to: z.string().min(1).max(80),
  message: z.string().min(1).max(2000),
  organization_id: tenantField,
});

const agentCommunications = defineResource({
  name: 'agent_communications',
  label: words('Agent messages', 'Messages des agents'),
  itemLabel: words('Message', 'Message'),
  priority: 'low',
  titleField: 'message',
  listFields: ['message', 'agent', 'to'],
  immutable: ['organization_id'],
  schema: communication,
  fields: labels(communication, { agent, to: { label: words('To', 'À') }, message }),
});

const syncLog = z.object({
  integration: z.string().min(1).max(80),
  message: z.string().min(1).max(2000),
  outcome: outcomes,
  organization_id: tenantField,
});

const integrationSyncLogs = defineResource({
  name: 'integration_sync_logs',
  label: words('Integration logs', 'Journaux d’intégration'),
  itemLabel: words('Log line', 'Ligne de journal'),
  priority: 'low',
  titleField: 'message',
  listFields: ['message', 'integration', 'outcome'],
  immutable: ['organization_id'],
  schema: syncLog,
  fields: labels(syncLog, { integration: { label: words('Integration', 'Intégration') }, message, outcome }),
});

/** Components that are built and published, and what programs do by themselves. */
export const registryResources: readonly Resource[] = [
  registryComponents,
  registryBuilds,
  registryPublications,
  agentActivities,
  agentCommunications,
  integrationSyncLogs,
];
